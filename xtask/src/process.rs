//! Running other programs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::Context;
use crate::{Failure, Result, console};

/// Runs the command with its output going to the terminal, and fails when it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .context(|| format!("cannot run {}", shown(command)))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} ended with {status}",
        shown(command)
    )))
}

/// Runs the command, letting its standard output through and giving each line of it to the reader.
pub(crate) fn follow(command: &mut Command, mut reader: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context(|| format!("cannot run {}", shown(command)))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context(|| format!("cannot read what {} prints", shown(command)))?;
            let line = String::from_utf8_lossy(&line);
            reader(&line);
            console::print(format_args!("{line}"));
        }
    }
    child
        .wait()
        .context(|| format!("cannot wait for {}", shown(command)))
}

/// Runs the command and gives its standard output, as text.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context(|| format!("cannot run {}", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "{} ended with {}\n{}",
            shown(command),
            output.status,
            said.trim_end()
        )));
    }
    String::from_utf8(output.stdout).context(|| format!("{} printed no text", shown(command)))
}

/// The full path of a program, if there is one of that name on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|dir| dir.join(&name))
        .find(|path| path.is_file())
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    format!("`{}`", words.join(" "))
}
