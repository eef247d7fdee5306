//! The bearer token.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use rand::TryRngCore;
use rand::rand_core::OsError;
use rand::rngs::OsRng;

/// A secret that the server makes and every request has to show. Never printed.
#[derive(Clone)]
pub(super) struct Token(Box<str>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// 256 random bits of the operating system.
    pub(super) fn random() -> Result<Self, OsError> {
        let mut bits = [0_u8; 32];
        OsRng.try_fill_bytes(&mut bits)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bits).into()))
    }

    /// The secret itself.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }

    /// Whether the request shows this token, the scheme read as Kubernetes reads it.
    pub(super) fn is_shown_by(&self, headers: &HeaderMap) -> bool {
        headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .is_some_and(|(_, shown)| same(shown.as_bytes(), self.0.as_bytes()))
    }
}

/// Compares in a time that does not depend on where the two first differ.
fn same(shown: &[u8], secret: &[u8]) -> bool {
    shown.len() == secret.len()
        && shown
            .iter()
            .zip(secret)
            .fold(0, |differences, (a, b)| differences | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(token: &Token, header: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, header.parse().unwrap());
        token.is_shown_by(&headers)
    }

    #[test]
    fn only_the_whole_token_opens() {
        let token = Token::random().unwrap();
        let secret = token.secret();
        assert_eq!(secret.len(), 43);
        assert!(shown(&token, &format!("Bearer {secret}")));
        assert!(shown(&token, &format!("bearer {secret}")));
        for wrong in [
            format!("Basic {secret}"),
            format!("Bearer {}", &secret[1..]),
            format!("Bearer {secret}x"),
            format!("Bearer {}", Token::random().unwrap().secret()),
            secret.to_owned(),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
        ] {
            assert!(!shown(&token, &wrong));
        }
        assert!(!token.is_shown_by(&HeaderMap::new()));
    }

    #[test]
    fn debug_keeps_the_secret() {
        let token = Token::random().unwrap();
        assert!(!format!("{token:?}").contains(token.secret()));
    }
}
