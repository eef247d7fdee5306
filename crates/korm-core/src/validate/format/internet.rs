//! Addresses and names of the internet.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::{Pattern, matches};

static HOSTNAME: Pattern = LazyLock::new(|| {
    Regex::new(concat!(
        r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)",
        r"|([a-zA-Z0-9\p{S}\p{L}](([-a-zA-Z0-9\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}",
        r"([a-zA-Z\p{L}]){2,63})$"
    ))
    .ok()
});
static MAC: Pattern = LazyLock::new(|| {
    let octets = |separator: &str| {
        let more = |count: u32| format!("(?:{separator}[0-9a-f]{{2}}){{{count}}}");
        format!("[0-9a-f]{{2}}(?:{}|{}|{})", more(5), more(7), more(19))
    };
    let words = r"[0-9a-f]{4}(?:(?:\.[0-9a-f]{4}){2}|(?:\.[0-9a-f]{4}){3}|(?:\.[0-9a-f]{4}){9})";
    Regex::new(&format!(
        "(?i)^(?:{}|{}|{words})$",
        octets(":"),
        octets("-")
    ))
    .ok()
});

/// Four numbers; leading zeros mean nothing. An IPv6 address that ends in an IPv4 address is one too.
pub(super) fn is_ipv4(text: &str) -> bool {
    is_four_numbers(text) || (text.contains('.') && text.parse::<Ipv6Addr>().is_ok())
}

fn is_four_numbers(text: &str) -> bool {
    let plain = |part: &str| match part.trim_start_matches('0') {
        "" if part.is_empty() => "".to_owned(),
        "" => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let parts: Vec<String> = text.split('.').map(plain).collect();
    parts.join(".").parse::<Ipv4Addr>().is_ok()
}

pub(super) fn is_ipv6(text: &str) -> bool {
    text.contains(':') && text.parse::<Ipv6Addr>().is_ok()
}

pub(super) fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = if is_four_numbers(address) {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    let plain = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    plain && bits.parse::<u32>().is_ok_and(|bits| bits <= most)
}

/// 6, 8 or 20 octets, as `net.ParseMAC` takes them.
pub(super) fn is_mac(text: &str) -> bool {
    matches(&MAC, text)
}

pub(super) fn is_hostname(text: &str) -> bool {
    matches(&HOSTNAME, text) && text.len() <= 255 && text.split('.').all(|part| part.len() <= 63)
}

/// An absolute URI or an absolute path, as `url.ParseRequestURI` takes it.
pub(super) fn is_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let Some((scheme, rest)) = scheme(text) else {
        return false;
    };
    let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !rest.starts_with('/') {
        // `mailto:someone`; without a scheme it is a relative path.
        return !scheme.is_empty();
    }
    match rest.strip_prefix("//") {
        Some(rest) if !scheme.is_empty() => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            is_authority(authority) && is_escaped(path)
        }
        _ => is_escaped(rest),
    }
}

/// The scheme, which may be empty, and what follows it; nothing if a colon stands first.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return None,
            b':' => return Some((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Some(("", text))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = match text.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, text),
    };
    let of_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    let user = user.is_none_or(|user| user.bytes().all(of_user) && is_escaped(user));
    user && is_host(host)
}

fn is_host(text: &str) -> bool {
    let is_port = |port: &str| {
        port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(literal) = text.strip_prefix('[') {
        let Some((address, port)) = literal.rsplit_once(']') else {
            return false;
        };
        // A zone follows the address after an escaped percent sign.
        let address = address.split("%25").next().unwrap_or_default();
        return is_port(port) && address.parse::<Ipv6Addr>().is_ok();
    }
    let host = match text.rfind(':') {
        Some(at) if is_port(&text[at..]) => &text[..at],
        Some(_) => return false,
        None => text,
    };
    let of_host = |byte: u8| {
        byte >= 0x80 || byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]<>\"".contains(&byte)
    };
    // Of escaped bytes a host may have those of other alphabets.
    let mut bytes = host.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let escaped = [bytes.next(), bytes.next()].map(|digit| digit.map(char::from));
            let [Some(high), Some(low)] = escaped.map(|digit| digit.and_then(|d| d.to_digit(16)))
            else {
                return false;
            };
            if high < 8 && (high, low) != (2, 5) {
                return false;
            }
        } else if !of_host(byte) {
            return false;
        }
    }
    true
}

/// Every percent sign begins an escape (RFC 3986, section 2.1).
fn is_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    (0..bytes.len()).all(|at| bytes[at] != b'%' || (hex(at + 1) && hex(at + 2)))
}

/// `someone@example.com` or `Some One <someone@example.com>` (RFC 5322, section 3.4). Comments, encoded words and quoted
/// names are left to the server.
pub(super) fn is_email(text: &str) -> Option<bool> {
    if !text.is_ascii()
        || text.contains(['(', ')', '"', '\\', '[', '\t', '\r', '\n'])
        || text.contains("=?")
    {
        return None;
    }
    let text = text.trim_matches(' ');
    let of_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_atoms = |text: &str| {
        text.split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(of_atom))
    };
    let is_address = |text: &str| {
        text.rsplit_once('@')
            .is_some_and(|(local, domain)| is_atoms(local) && is_atoms(domain))
    };
    Some(match text.split_once('<') {
        None => is_address(text),
        Some((name, rest)) => {
            let is_name = name.chars().all(|c| of_atom(c) || c == ' ' || c == '.');
            rest.strip_suffix('>').is_some_and(is_address) && is_name
        }
    })
}
