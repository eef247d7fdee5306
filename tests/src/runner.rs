use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::report::{Report, Result};
use crate::{Case, Context, Server};

/// Cases spend their time waiting for the server, above all the reference server: more of them run at once than
/// there are processors.
const AT_ONCE: usize = 16;

/// Runs the subjects' cases as the command line says, prints the table, and gives the exit code.
pub fn main(subjects: &[(&'static str, &'static [Case])]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    if arguments.test_threads.is_none() {
        arguments.test_threads = Some(AT_ONCE);
    }
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            crate::report::say(&format!("no runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let report = Arc::new(Report::default());
    let conclusion = libtest_mimic::run(&arguments, trials(subjects, runtime.handle(), &report));
    if !arguments.list {
        crate::report::say(&report.table());
    }
    conclusion.exit_code()
}

fn trials(
    subjects: &[(&'static str, &'static [Case])],
    runtime: &Handle,
    report: &Arc<Report>,
) -> Vec<Trial> {
    let mut trials = Vec::new();
    for server in Server::ALL
        .into_iter()
        .filter(|server| server.is_available())
    {
        for (subject, cases) in subjects {
            for case in *cases {
                trials.push(trial(
                    server,
                    subject,
                    *case,
                    runtime.clone(),
                    Arc::clone(report),
                ));
            }
        }
    }
    trials
}

fn trial(
    server: Server,
    subject: &'static str,
    case: Case,
    runtime: Handle,
    report: Arc<Report>,
) -> Trial {
    let name = format!("{server}::{subject}::{}", case.name);
    Trial::ignorable_test(name, move || {
        if let Some((_, reason)) = case.except.filter(|(except, _)| *except == server) {
            report.add(server, subject, case.name, Result::LeftOut(reason));
            return Ok(Completion::ignored_with(reason));
        }
        // Whatever ends the case before its time, a panic too, leaves this behind.
        let failure = report.failure_unless_passed(server, subject, case.name);
        runtime
            .block_on(run(server, case))
            .map_err(|error| Failed::from(error.to_string()))?;
        failure.passed();
        Ok(Completion::Completed)
    })
}

async fn run(server: Server, case: Case) -> crate::Outcome {
    let context = Context::open(server).await?;
    (case.run)(context.clone()).await?;
    // What a failed case made stays, to be looked at.
    context.close().await
}
