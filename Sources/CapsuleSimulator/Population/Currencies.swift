/// Currencies of ISO 4217. A line holds the code, the symbol, and for some a name and its plural.
private let currencyLines = """
  AED|AED||
  AFN|AFN||
  ALL|ALL||
  AMD|AMD||
  ARS|ARS||
  AUD|A$|Australian dollar|Australian dollars
  AZN|AZN||
  BAM|BAM||
  BDT|BDT||
  BGN|BGN||
  BHD|BHD||
  BND|BND||
  BOB|BOB||
  BRL|R$|Brazilian real|Brazilian reals
  BWP|BWP||
  BZD|BZD||
  CAD|CA$|Canadian dollar|Canadian dollars
  CHF|CHF|Swiss franc|Swiss francs
  CLP|CLP||
  CNY|CN¥|Chinese yuan|Chinese yuan
  COP|COP||
  CRC|CRC||
  CZK|Kč||
  DKK|kr|Danish krone|Danish kroner
  DOP|DOP||
  DZD|DZD||
  EGP|EGP||
  ETB|ETB||
  EUR|€|Euro|Euros
  FJD|FJD||
  GBP|£|British pound|British pounds
  GEL|GEL||
  GHS|GHS||
  GTQ|GTQ||
  HKD|HK$||
  HNL|HNL||
  HUF|HUF||
  IDR|IDR||
  ILS|₪||
  INR|₹|Indian rupee|Indian rupees
  IQD|IQD||
  ISK|ISK||
  JMD|JMD||
  JOD|JOD||
  JPY|¥|Japanese yen|Japanese yen
  KES|KES||
  KHR|KHR||
  KRW|₩||
  KWD|KWD||
  KZT|KZT||
  LBP|LBP||
  LKR|LKR||
  MAD|MAD||
  MDL|MDL||
  MKD|MKD||
  MUR|MUR||
  MXN|MX$||
  MYR|MYR||
  NAD|NAD||
  NGN|₦||
  NOK|kr|Norwegian krone|Norwegian kroner
  NPR|NPR||
  NZD|NZ$|New Zealand dollar|New Zealand dollars
  OMR|OMR||
  PEN|PEN||
  PHP|₱||
  PKR|PKR||
  PLN|zł||
  PYG|PYG||
  QAR|QAR||
  RON|RON||
  RSD|RSD||
  RUB|₽||
  SAR|SAR||
  SEK|kr|Swedish krona|Swedish kronor
  SGD|S$||
  THB|฿||
  TRY|₺||
  TWD|TWD||
  USD|$|US dollar|US dollars
  """

/// A currency as `/currencies` lists it. It has no id.
struct Currency: Sendable {
  let code: String
  let symbol: String
  let name: String?
  let pluralName: String?

  /// All currencies by code.
  static let all: [Currency] = currencyLines.split(separator: "\n").compactMap { line in
    let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 else { return nil }
    return Currency(
      code: parts[0], symbol: parts[1], name: parts[2].isEmpty ? nil : parts[2],
      pluralName: parts[3].isEmpty ? nil : parts[3])
  }
}
