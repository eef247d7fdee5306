//! The kubeconfig text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A kubeconfig with one context, `korm`. No value needs quoting: a URL, base64 and base64url.
pub(super) fn text(url: &str, authority_pem: &str, token: &str) -> String {
    let authority = STANDARD.encode(authority_pem);
    format!(
        "\
apiVersion: v1
kind: Config
clusters:
- name: korm
  cluster:
    server: {url}
    certificate-authority-data: {authority}
contexts:
- name: korm
  context:
    cluster: korm
    namespace: default
    user: korm
current-context: korm
preferences: {{}}
users:
- name: korm
  user:
    token: {token}
"
    )
}
