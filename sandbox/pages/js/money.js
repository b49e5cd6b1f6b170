// Amounts in minor units, shown and parsed.

const digits = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;

export function money(minor, currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "code" })
    .format(minor / 10 ** digits(currency)).replace(/\u00a0/g, " ");
}

// "1,250.50" -> minor units, or null when it is no amount of this currency.
export function minorOf(text, currency) {
  const plain = text.trim().replaceAll(",", "");
  const places = digits(currency);
  const form = places ? new RegExp(`^\\d+(\\.\\d{1,${places}})?$`) : /^\d+$/;
  return form.test(plain) ? Math.round(Number(plain) * 10 ** places) : null;
}
