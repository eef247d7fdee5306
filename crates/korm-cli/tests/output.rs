//! What the command prints, word for word. `KORM_BLESS=1 cargo test -p korm-cli` writes the snapshots anew.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Runs the command and compares status, stdout and stderr with a snapshot, after `replacements`.
fn check(name: &str, args: &[&str], replacements: &[(&str, &str)]) -> io::Result<()> {
    let done = Command::new(env!("CARGO_BIN_EXE_korm"))
        .args(args)
        .output()?;
    let mut text = format!(
        "status: {}\n--- stdout\n{}--- stderr\n{}",
        done.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    for (from, to) in replacements {
        text = text.replace(from, to);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(format!("{name}.txt"));
    if std::env::var_os("KORM_BLESS").is_some() {
        return std::fs::write(path, text);
    }
    let wanted = std::fs::read_to_string(&path)?;
    assert_eq!(text, wanted, "{} is not what was printed", path.display());
    Ok(())
}

#[test]
fn help() {
    check("help", &["--help"], &[]).unwrap();
}

#[test]
fn serve_help() {
    check("serve_help", &["serve", "--help"], &[]).unwrap();
}

#[test]
fn version() {
    check(
        "version",
        &["--version"],
        &[(env!("CARGO_PKG_VERSION"), "VERSION")],
    )
    .unwrap();
}

#[test]
fn port_that_is_none() {
    check("port_that_is_none", &["serve", "--port", "70000"], &[]).unwrap();
}

#[test]
fn port_in_use() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    check(
        "port_in_use",
        &["serve", "--port", &port],
        &[(&port, "PORT")],
    )
    .unwrap();
}

#[test]
fn kubeconfig_in_no_directory() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("missing").join("config");
    let file = file.to_str().unwrap();
    check(
        "kubeconfig_in_no_directory",
        &["serve", "--kubeconfig", file],
        &[(file, "FILE")],
    )
    .unwrap();
}

#[test]
fn kubeconfig_of_somebody_else() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    std::fs::write(&file, "apiVersion: v1\nkind: Config\n").unwrap();
    let file = file.to_str().unwrap();
    check(
        "kubeconfig_of_somebody_else",
        &["serve", "--kubeconfig", file],
        &[(file, "FILE")],
    )
    .unwrap();
}
