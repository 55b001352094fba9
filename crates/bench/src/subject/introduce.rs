use std::path::PathBuf;

use super::{Database, Settings, Subject};
use crate::{
    Error,
    bench::Bench,
    load::{Script, Template, USER, VALUE, exactly},
    vendors::VENDORS,
};

/// Callers that introduce users.
const CONNECTIONS: usize = 32;

/// Tells a new gateway of all users, through its API, waits until every vendor is in step, and stops it. Answers where the
/// closed database is.
///
/// # Errors
/// When the gateway does not get there.
pub(crate) fn introduce_all(bench: &Bench) -> Result<PathBuf, Error> {
    let settings = Settings { name: "introducing", database: Database::Empty, ..Settings::default() };
    let subject = Subject::start(bench, &settings)?;
    let users = bench.options.users;
    bench.progress(&format!("introducing {users} users"));
    bench.block_on(async {
        let before = bench.vendors.counts().await?;
        exactly(&script(bench, &subject), CONNECTIONS, users).await?;
        bench.vendors.wait_for(&VENDORS, before, users).await?;
        subject.wait_for_rest().await
    })?;
    let file = bench.empty_directory("introduced")?.join("gateway.db");
    subject.stop_and_keep(&file)?;
    Ok(file)
}

/// Who somebody is: the three fields that Communal takes with every request, and the number at each vendor.
fn script(bench: &Bench, subject: &Subject) -> Script {
    let body = format!(
        "{{\"given_name\":\"Name {VALUE}\",\"family_name\":\"Family\",\"email\":\"u{USER}@home.example\",\"identities\":\
         {{\"communal\":{USER},\"communifire\":{USER},\"usercom\":{USER},\"village\":\"u{USER}@home.example\"}}}}"
    );
    let headers =
        ["Content-Type: application/merge-patch+json".to_owned(), subject.authorization().to_owned()];
    let path = format!("/v1/users/u{USER}");
    let template = Template::new(subject.api, ("PATCH", &path), &headers, &body);
    Script::new(subject.api, 202, template, bench.options.users, &bench.serial)
}
