//! String formats that custom resources are checked against, as kube-openapi's `strfmt` does.

mod codes;
mod net;
mod times;

#[cfg(test)]
mod tests;

/// Formats a schema of strings may use; any other is ignored. Dashes in names do not count.
const KNOWN: [&str; 26] = [
    "bsonobjectid",
    "uri",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "cidr",
    "mac",
    "uuid",
    "uuid3",
    "uuid4",
    "uuid5",
    "isbn",
    "isbn10",
    "isbn13",
    "creditcard",
    "ssn",
    "hexcolor",
    "rgbcolor",
    "byte",
    "password",
    "date",
    "duration",
    "datetime",
    "k8sshortname",
    "k8slongname",
];

/// Whether strings are checked against this format.
pub(crate) fn is_known(format: &str) -> bool {
    KNOWN.contains(&normalized(format).as_str())
}

/// Whether the API server heeds `format` on a schema of `schema_type`, which is empty where the
/// schema names no type or several.
pub(crate) fn is_supported(schema_type: &str, format: &str) -> bool {
    match schema_type {
        "" | "string" => is_known(format),
        "integer" => matches!(format, "int32" | "int64"),
        "number" => matches!(format, "float" | "double"),
        _ => false,
    }
}

/// Whether `text` has this known format.
pub(crate) fn is_valid(format: &str, text: &str) -> bool {
    match normalized(format).as_str() {
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "uri" => net::is_request_uri(text),
        "email" => net::is_email(text),
        "hostname" => net::is_hostname(text),
        "ipv4" => text.contains('.') && net::is_ip_sloppy(text),
        "ipv6" => text.contains(':') && net::is_ip(text),
        "cidr" => net::is_cidr(text),
        "mac" => net::is_mac(text),
        "uuid" => codes::is_uuid(text, None),
        "uuid3" => codes::is_uuid(text, Some(3)),
        "uuid4" => codes::is_uuid(text, Some(4)),
        "uuid5" => codes::is_uuid(text, Some(5)),
        "isbn" => codes::is_isbn10(text) || codes::is_isbn13(text),
        "isbn10" => codes::is_isbn10(text),
        "isbn13" => codes::is_isbn13(text),
        "creditcard" => codes::is_credit_card(text),
        "ssn" => codes::is_ssn(text),
        "hexcolor" => codes::is_hex_color(text),
        "rgbcolor" => codes::is_rgb_color(text),
        "byte" => codes::is_base64(text),
        "date" => times::is_date(text),
        "duration" => times::is_duration(text),
        "datetime" => times::is_date_time(text),
        "k8sshortname" => text.len() <= 63 && net::is_dns_label(text),
        "k8slongname" => text.len() <= 253 && text.split('.').all(net::is_dns_label),
        _ => true,
    }
}

/// The nanoseconds of a duration as Scala writes it (`3 days`), which is a duration too.
pub(crate) fn scala_duration(text: &str) -> Option<i64> {
    times::scala_duration(text)
}

fn normalized(format: &str) -> String {
    format.replace('-', "")
}
