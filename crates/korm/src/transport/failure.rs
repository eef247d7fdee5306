//! Why there is no answer.

use std::error::Error as _;

use crate::error::{ConfigurationFault, Error, Subject};

/// A request without an answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It certainly never reached a server.
    NotSent(String),
    /// Something here prevented it: credentials that cannot be obtained, a request hook that said no. Trying again
    /// changes nothing.
    Prevented(Prevented),
    /// It may have reached a server, and the answer got lost.
    Lost(String),
}

/// What prevented a request.
#[derive(Debug)]
pub(crate) enum Prevented {
    /// Credentials cannot be obtained.
    Credentials(String),
    /// A request hook said no.
    Hook(String),
    /// The request cannot be expressed in HTTP.
    Malformed(String),
}

impl Prevented {
    /// The error that it is, for who sends to this address.
    pub(crate) fn error(&self, address: &str, subject: &Subject<'_>) -> Error {
        let action = subject.action();
        match self {
            Self::Credentials(reason) => Error::configuration(ConfigurationFault::Unusable {
                address: address.to_owned(),
                reason: reason.clone(),
            }),
            Self::Hook(reason) => {
                Error::usage(format!("a request hook refused {action}: {reason}"), None)
            }
            Self::Malformed(reason) => {
                Error::usage(format!("{action} is no valid request: {reason}"), None)
            }
        }
    }
}

impl Failure {
    pub(crate) fn of(error: kube::Error) -> Self {
        if let Some(reason) = credentials(&error) {
            return Self::Prevented(Prevented::Credentials(reason));
        }
        let reason = chain(&error);
        if never_sent(&error) {
            Self::NotSent(reason)
        } else {
            Self::Lost(reason)
        }
    }

    /// As [`of`](Self::of), from below kube's client.
    pub(crate) fn of_service(error: tower::BoxError) -> Self {
        Self::of(match error.downcast::<kube::Error>() {
            Ok(error) => *error,
            Err(error) => kube::Error::Service(error),
        })
    }

    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::NotSent(reason) | Self::Lost(reason) => reason,
            Self::Prevented(
                Prevented::Credentials(reason)
                | Prevented::Hook(reason)
                | Prevented::Malformed(reason),
            ) => reason,
        }
    }
}

/// An error and every error below it.
fn sources<'a>(error: &'a (dyn std::error::Error + 'static)) -> Sources<'a> {
    Sources { next: Some(error) }
}

struct Sources<'a> {
    next: Option<&'a (dyn std::error::Error + 'static)>,
}

impl<'a> Iterator for Sources<'a> {
    type Item = &'a (dyn std::error::Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.next?;
        self.next = error.source();
        Some(error)
    }
}

fn never_sent(error: &kube::Error) -> bool {
    sources(error).any(|source| {
        let connecting = source
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect);
        connecting || source.is::<tower::buffer::error::Closed>()
    })
}

/// The reason if the credentials are at fault, without what a credential plugin printed: it may be the token.
fn credentials(error: &kube::Error) -> Option<String> {
    use kube::client::AuthError;
    let auth = match error {
        kube::Error::Auth(auth) => auth,
        other => sources(other).find_map(|source| source.downcast_ref::<AuthError>())?,
    };
    Some(match auth {
        AuthError::AuthExecRun { cmd, out } => {
            format!(
                "the credential plugin `{}` failed with {}",
                program(cmd),
                out.status
            )
        }
        AuthError::AuthExecStart(error) => {
            format!("the credential plugin of the kubeconfig's user cannot be run: {error}")
        }
        AuthError::AuthExecParse(_) => "the credential plugin printed no ExecCredential".to_owned(),
        AuthError::AuthExec(_) => "the credential plugin failed".to_owned(),
        AuthError::ParseTokenKey(_) => "the credential plugin printed no token".to_owned(),
        other => other.to_string(),
    })
}

/// The program of a command as kube prints it: behind variables of its environment, which may hold anything.
fn program(command: &str) -> String {
    let mut rest = command.trim_start();
    loop {
        let word = first_word(rest);
        let name = word.split('=').next().unwrap_or_default();
        let variable =
            word.contains('=') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !variable {
            return word.trim_matches('"').to_owned();
        }
        rest = rest[word.len()..].trim_start();
    }
}

/// Up to the first space that is not within quotes.
fn first_word(text: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    let end = text.find(|c: char| {
        let ends = c.is_whitespace() && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text, |end| &text[..end])
}

/// The messages from the outside in, each once.
fn chain(error: &kube::Error) -> String {
    let top = error.source().unwrap_or(error);
    let mut parts: Vec<String> = Vec::new();
    for source in sources(top) {
        let text = source.to_string();
        let said = parts.iter().any(|part| part.contains(&text));
        if !said && !text.is_empty() {
            parts.push(text);
        }
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_plugin_is_named_without_its_environment() {
        let info = r#"KUBERNETES_EXEC_INFO="{\"kind\":\"ExecCredential\", \"a\":\"b c\"}""#;
        for (command, expected) in [
            (
                format!("{info} \"gke-gcloud-auth-plugin\" \"--token\" \"x\""),
                "gke-gcloud-auth-plugin",
            ),
            ("AWS_PROFILE=\"my own\" aws eks get-token".to_owned(), "aws"),
            (
                "\"/opt/with space/plugin\" a=b".to_owned(),
                "/opt/with space/plugin",
            ),
            (String::new(), ""),
        ] {
            assert_eq!(program(&command), expected, "{command}");
        }
    }
}
