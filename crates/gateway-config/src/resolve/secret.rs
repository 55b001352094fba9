use std::{fmt, os::unix::fs::PermissionsExt, path::Path};

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use transport_http::Credential;

use crate::{Environment, document::is_variable_name, file_reference::ReferenceTable, source};

/// Where a route's secret comes from; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialSource {
    /// An environment variable.
    Env(String),
    /// A file, as it was written.
    File(String),
}

/// A secret that was found.
pub(super) struct Secret {
    pub(super) source: CredentialSource,
    pub(super) credential: Credential,
    /// Tells two secrets apart without keeping either.
    pub(super) digest: [u8; 32],
}

/// Longest content of a secret's file, in bytes: a credential, its line end, and the byte order mark of some editors.
const LARGEST: usize = 4096 + 2 + 3;

/// Looks a credential up.
///
/// # Errors
/// As [`look_up`].
pub(super) fn find(
    reference: &ReferenceTable,
    base: &Path,
    environment: &Environment,
) -> Result<Secret, (&'static str, String)> {
    let Found { option, source, text } = look_up(reference, base, environment)?;
    let digest = Sha256::digest(text.as_bytes()).into();
    let credential =
        Credential::new(SecretString::from(text)).map_err(|error| (option, error.to_string()))?;
    Ok(Secret { source, credential, digest })
}

/// The text of a secret, and where it was found.
pub(super) struct Found {
    pub(super) option: &'static str,
    pub(super) source: CredentialSource,
    pub(super) text: String,
}

/// Looks a secret up.
///
/// # Errors
/// The option that is wrong and a sentence that says what to do, without the secret and without what may be one.
pub(super) fn look_up(
    reference: &ReferenceTable,
    base: &Path,
    environment: &Environment,
) -> Result<Found, (&'static str, String)> {
    let (option, source, text) = match (&reference.env, &reference.file) {
        (Some(_), None) if reference.readable_by_others.is_some() => {
            return Err(("readable_by_others", "this is said of a file; remove it beside env".to_owned()));
        }
        (Some(name), None) => {
            let text = from_env(name, environment).map_err(|sentence| ("env", sentence))?;
            ("env", CredentialSource::Env(name.clone()), text)
        }
        (None, Some(file)) => {
            let text = from_file(&base.join(file), reference.readable_by_others == Some(true))
                .map_err(|sentence| ("file", located(sentence, file, base)))?;
            ("file", CredentialSource::File(file.clone()), text)
        }
        (Some(_), Some(_)) => return Err(("", "give either env or file, not both".to_owned())),
        (None, None) => return Err(("", "write { env = \"NAME\" } or { file = \"path\" }".to_owned())),
    };
    Ok(Found { option, source, text })
}

fn from_env(name: &str, environment: &Environment) -> Result<String, String> {
    match environment.get(name) {
        Some(text) => Ok(text.to_owned()),
        None if is_variable_name(name) => {
            Err(format!("the environment variable {name} is not set; set it to the secret"))
        }
        None => {
            Err("env takes the name of an environment variable that is set, not the secret itself".to_owned())
        }
    }
}

/// The content of a secret's file without the line end that editors put at its end.
fn from_file(path: &Path, readable_by_others: bool) -> Result<String, String> {
    check_file(path, readable_by_others)?;
    let bytes = source::read_regular(path, LARGEST)?;
    let mut text = source::without_mark(
        String::from_utf8(bytes)
            .map_err(|_| "the secret in the file is not ASCII; check the file".to_owned())?,
    );
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// The sentence about a file that is not there, with where it was looked for. The path itself may be a secret in the wrong place.
fn located(sentence: String, file: &str, base: &Path) -> String {
    match base.join(file).try_exists() {
        Ok(false) if Path::new(file).is_relative() => {
            format!("{sentence}; relative paths begin at {}", base.display())
        }
        _ => sentence,
    }
}

/// A link may lead elsewhere within the directory, as those of mounted secrets do, but not out of it. Where others may read the
/// file because it is mounted so, they still may not write it.
fn check_file(path: &Path, readable_by_others: bool) -> Result<(), String> {
    let cannot =
        |error: std::io::Error| format!("the file of the secret cannot be read: {}", source::words(&error));
    let real = path.canonicalize().map_err(cannot)?;
    let directory = path.parent().unwrap_or(Path::new(".")).canonicalize().map_err(cannot)?;
    if !real.starts_with(&directory) {
        return Err("the file is a link out of its directory; name the file that it leads to".to_owned());
    }
    let mode = real.metadata().map_err(cannot)?;
    if !mode.is_file() {
        return Ok(());
    }
    match mode.permissions().mode() {
        mode if readable_by_others && mode & 0o022 != 0 => Err("others may write the file of the secret, which \
            readable_by_others does not allow; make it writable by its owner alone: chmod go-w"
            .to_owned()),
        mode if !readable_by_others && mode & 0o077 != 0 => Err("others may read the file of the secret; make it readable by \
            its owner alone: chmod 600, or where it is mounted into a container, defaultMode: 0400 of the volume (Kubernetes) \
            or mode: 0400 and uid of the secret (Compose); where neither can be, write readable_by_others = true beside file"
            .to_owned()),
        _ => Ok(()),
    }
}

impl fmt::Display for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CredentialSource::Env(name) => write!(f, "env {name}"),
            CredentialSource::File(path) => write!(f, "file {path}"),
        }
    }
}

impl CredentialSource {
    /// The credential as it is kept now, with what tells it from another one; none for an environment variable, which
    /// does not change while a process lives.
    ///
    /// # Errors
    /// Why the file cannot be used, without what stands in it.
    pub(crate) fn read_again(
        &self,
        base: &Path,
        readable_by_others: bool,
    ) -> Result<Option<(Credential, [u8; 32])>, String> {
        let CredentialSource::File(file) = self else { return Ok(None) };
        let file = Some(file.clone());
        let reference = ReferenceTable { env: None, file, readable_by_others: Some(readable_by_others) };
        let secret = find(&reference, base, &Environment::default()).map_err(|(_, sentence)| sentence)?;
        Ok(Some((secret.credential, secret.digest)))
    }

    /// Stands for the credential where the vendor counts requests by it.
    pub(super) fn fingerprint(&self) -> String {
        base16ct::lower::encode_string(&Sha256::digest(self.to_string())[..8])
    }
}
