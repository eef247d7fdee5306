//! Formats of addresses and names.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use regex::Regex;

static HOSTNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$",
    )
    .ok()
});

/// RFC 1034 with the liberties of RFC 1123, and letters and symbols of any script.
pub(super) fn is_hostname(text: &str) -> bool {
    HOSTNAME.as_ref().is_some_and(|regex| regex.is_match(text))
        && text.len() <= 255
        && text.split('.').all(|label| label.len() <= 63)
}

/// Lower-case letters, digits and inner dashes.
pub(super) fn is_dns_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// An IPv4 or IPv6 address without zone.
pub(super) fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// An IP address; leading zeros in IPv4 are tolerated and mean nothing.
pub(super) fn is_ip_sloppy(text: &str) -> bool {
    is_ip(text) || sloppy_v4(text).is_some()
}

fn sloppy_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// An address, a slash and a prefix length.
pub(super) fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let limit = match (address.parse::<IpAddr>(), sloppy_v4(address)) {
        (Ok(IpAddr::V6(_)), _) => 128,
        (Ok(IpAddr::V4(_)), _) | (_, Some(_)) => 32,
        _ => return false,
    };
    !length.is_empty()
        && length.bytes().all(|b| b.is_ascii_digit())
        && length.parse::<u32>().is_ok_and(|length| length <= limit)
}

/// 6, 8 or 20 bytes as pairs of digits with `:` or `-`, as groups of four with `.`, or without
/// separators.
pub(super) fn is_mac(text: &str) -> bool {
    if text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return matches!(text.len(), 12 | 16 | 40);
    }
    let (separator, width) = match text.as_bytes().get(2) {
        Some(b':') => (':', 2),
        Some(b'-') => ('-', 2),
        _ => ('.', 4),
    };
    let groups: Vec<&str> = text.split(separator).collect();
    let bytes = groups.len() * width / 2;
    matches!(bytes, 6 | 8 | 20)
        && groups
            .iter()
            .all(|group| group.len() == width && group.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// What Go's `url.ParseRequestURI` takes: an absolute URI or an absolute path.
pub(super) fn is_request_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let rest = match scheme(text) {
        Scheme::Bad => return false,
        Scheme::None => text,
        Scheme::Of(rest) => rest,
    };
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    if !rest.starts_with('/') {
        // An opaque URI such as mailto:x.
        return matches!(scheme(text), Scheme::Of(_));
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(after) if matches!(scheme(text), Scheme::Of(_)) || !rest.starts_with("///") => {
            match after.find('/') {
                Some(slash) => after.split_at(slash),
                None => (after, ""),
            }
        }
        _ => ("", rest),
    };
    is_authority(authority) && has_good_escapes(path)
}

enum Scheme<'a> {
    None,
    Bad,
    Of(&'a str),
}

fn scheme(text: &str) -> Scheme<'_> {
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
            b':' if i > 0 => return Scheme::Of(&text[i + 1..]),
            b':' => return Scheme::Bad,
            _ => return Scheme::None,
        }
    }
    Scheme::None
}

fn is_authority(authority: &str) -> bool {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match (host.strip_prefix('['), host.rfind(']')) {
        (Some(_), Some(end)) => (&host[1..end], &host[end + 1..]),
        (Some(_), None) => return false,
        (None, _) => match host.rfind(':') {
            Some(colon) => host.split_at(colon),
            None => (host, ""),
        },
    };
    let port_ok = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let host_ok = host
        .bytes()
        .all(|b| b >= 0x80 || b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]<>\"%".contains(&b));
    port_ok && host_ok && has_good_escapes(host) && has_no_escaped_ascii(host)
}

/// Of escaped bytes, Go's `url` takes in a host those of other alphabets only, and the percent sign of a zone.
fn has_no_escaped_ascii(host: &str) -> bool {
    host.split('%').skip(1).all(|after| {
        after.starts_with("25") || !matches!(after.as_bytes().first(), Some(b'0'..=b'7'))
    })
}

fn has_good_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let bytes = after.as_bytes();
        bytes.len() >= 2 && bytes[0].is_ascii_hexdigit() && bytes[1].is_ascii_hexdigit()
    })
}

/// What Go's `mail.ParseAddress` takes, without comments, groups and folded lines.
pub(super) fn is_email(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t']);
    let address = match text.strip_suffix('>') {
        Some(rest) => match rest.rfind('<') {
            Some(open) => &rest[open + 1..],
            None => return false,
        },
        None => text,
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let literal = domain
        .strip_prefix('[')
        .and_then(|d| d.strip_suffix(']'))
        .is_some_and(is_ip);
    (quoted || is_dot_atom(local)) && (literal || is_dot_atom(domain))
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| {
        !atom.is_empty()
            && atom.chars().all(|c| {
                !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
            })
    })
}
