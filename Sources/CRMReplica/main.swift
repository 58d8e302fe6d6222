print("crm-replica")
