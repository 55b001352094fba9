use std::process::ExitCode;

/// Tells why what was asked for failed.
pub(crate) fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::FAILURE
}

/// Tells what is wrong with the command or the configuration.
pub(crate) fn refuse(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}
