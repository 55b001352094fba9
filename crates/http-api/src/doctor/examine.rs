use std::cell::RefCell;

use adapter::{
    AppliedState, Definition, Deprecation, ErrorKind, Method, Notice, Path, PrivateWords, ReadItem,
    ReadQuery, ReadRequest, Subject, SubjectForm, VendorError, VendorRequest, VendorResponse,
    mapped_by_label, missing,
};
use api_types::REPLACE_CREDENTIAL;
use delivery::{
    Route, RouteId, SendError, SendErrorKind,
    engine::Engine,
    reading::{ReadError, Reading},
};
use gateway_config::own_path;

use super::finding::{Check, Examination, Health};

/// Asks a route's vendor for something that changes nothing, and says what the answer proves. With an engine the route's rate is kept.
pub async fn examine(route: &Route, running: Option<(&Engine, RouteId)>) -> Examination {
    let vendor = Vendor { route, running, warning: RefCell::default() };
    let mut found = Examination {
        route: route.name.clone(),
        vendor: route.adapter.dialect().vendor.to_owned(),
        origin: route.origin.clone(),
        base_url: base_url(route).unwrap_or_else(|| route.origin.clone()),
        findings: Vec::new(),
    };
    match vendor.definitions().await {
        Ok(definitions) => of_definitions(&mut found, route, &definitions),
        Err(ReadError::NotReadable) => match vendor.knock().await {
            Ok(response) => of_knock(&mut found, &response),
            Err(error) => of_error(&mut found, &error),
        },
        Err(error) => of_error(&mut found, &error),
    }
    note_unasked(&mut found);
    vendor.warning.take().into_iter().for_each(|warning| found.note_deprecation(&warning));
    found
}

/// Whether an answer has a body that is no JSON: a page, or the plain words of something between. What is out of order for a moment, or
/// asks for a pause, is told by its status.
fn is_foreign(response: &VendorResponse) -> bool {
    let is_empty = response.text().iter().all(u8::is_ascii_whitespace);
    let is_told_by_status = response.status == 429 || response.status >= 500;
    !is_told_by_status && !is_empty && response.json().is_none()
}

/// The transport alone knows the whole address, and shows it in what it would send.
fn base_url(route: &Route) -> Option<String> {
    const BELOW: &str = "x";
    let anybody = if route.subject_kind.form == SubjectForm::Email { "x@example.com" } else { "1" };
    let request = VendorRequest {
        method: Method::Put,
        path: Path::new([BELOW]),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        subject: Subject::parse(route.subject_kind, anybody).ok()?,
    };
    let url = route.transport.preview(&request).url;
    Some(url.strip_suffix(BELOW)?.trim_end_matches('/').to_owned())
}

/// A vendor that is asked, by a running gateway or without one.
struct Vendor<'a> {
    route: &'a Route,
    running: Option<(&'a Engine, RouteId)>,
    /// What an answer has warned of.
    warning: RefCell<Option<Deprecation>>,
}

impl Vendor<'_> {
    async fn definitions(&self) -> Result<Vec<Definition>, ReadError> {
        let query = ReadQuery::Definitions { with_values: false };
        let mut reading = Reading::of(self.route, &query)?;
        while let Some(request) = reading.request()? {
            let response = self.ask(&request).await?;
            if is_foreign(&response) {
                let detail = "no answer in the form of the vendor's API";
                return Err(ReadError::Refused(VendorError::new(
                    ErrorKind::Misdirected,
                    AppliedState::No,
                    detail,
                )));
            }
            reading.take(&request, &response)?;
        }
        Ok(reading.into_items().into_iter().filter_map(ReadItem::into_definition).collect())
    }

    /// Asks for what the update call's path begins with, where the vendor has nothing to be read but people. It names nobody, and the
    /// vendor needs not know it: an answer in the form of an API proves the way, and a refusal the credential.
    async fn knock(&self) -> Result<VendorResponse, ReadError> {
        let own =
            own_path(&*self.route.adapter, self.route.subject_kind).unwrap_or_else(|| vec!["api".to_owned()]);
        let path = Path { segments: own, trailing_slash: false };
        let headers = vec![("Accept", "application/json".to_owned())];
        self.ask(&ReadRequest { path, query: Vec::new(), headers }).await
    }

    async fn ask(&self, request: &ReadRequest) -> Result<VendorResponse, ReadError> {
        let response = match self.running {
            Some((engine, id)) => engine.ask(id, request).await,
            None => self.route.transport.read(request).await.map_err(ReadError::Unanswered),
        }?;
        if let Notice::Deprecated(mut warning) = Notice::read(&response, self.route.adapter.dialect()) {
            let public = |says: String| {
                PrivateWords::default().taken_out_of(&self.route.transport.without_credential(&says))
            };
            warning.says = warning.says.map(public);
            self.warning.replace(Some(warning));
        }
        Ok(response)
    }
}

fn of_error(found: &mut Examination, error: &ReadError) {
    match error {
        ReadError::Unanswered(error) => found.note(Check::Reachable, Health::Failed, unanswered(error)),
        ReadError::Refused(error) => of_answer(found, error),
        ReadError::Busy(_) => {
            found.note(Check::Reachable, Health::Untold, "the route is busy; try again in a moment");
        }
        ReadError::TooLong => {
            found.note(Check::Reachable, Health::Ok, "the vendor answers");
            found.note(Check::Fields, Health::Untold, "more fields are defined than are read");
        }
        ReadError::NotReadable => {
            found.note(Check::Reachable, Health::Untold, "the route is not configured any more");
        }
    }
}

fn of_definitions(found: &mut Examination, route: &Route, definitions: &[Definition]) {
    found.note(Check::Reachable, Health::Ok, "the vendor answers");
    let read = "accepted for reading; whether it may change users shows the first update";
    found.note(Check::Credential, Health::Ok, read);
    let by_label: Vec<String> = mapped_by_label(&route.mapping, definitions)
        .iter()
        .map(|(leaf, to, name)| format!("{name} instead of {to} for {leaf}"))
        .collect();
    if !by_label.is_empty() {
        let says = format!(
            "mapped by the name that people read, which may change; write the system name: {}",
            by_label.join(", ")
        );
        found.note(Check::Fields, Health::Warning, says);
    }
    let missing: Vec<String> =
        missing(&route.mapping, definitions).iter().map(|(leaf, to)| format!("{to} (for {leaf})")).collect();
    if missing.is_empty() {
        let says = format!(
            "{} fields are defined at the vendor, and none that is mapped is missing",
            definitions.len()
        );
        found.note(Check::Fields, Health::Ok, says);
    } else {
        let says = format!(
            "not defined at the vendor, which drops what is sent for them: {}; create them there, or map other fields",
            missing.join(", ")
        );
        found.note(Check::Fields, Health::Warning, says);
    }
}

fn of_answer(found: &mut Examination, error: &VendorError) {
    let (check, health, says) = match error.kind {
        ErrorKind::Unauthenticated => (
            Check::Credential,
            Health::Failed,
            &*format!("the vendor does not accept the credential; {REPLACE_CREDENTIAL}"),
        ),
        ErrorKind::Forbidden => (
            Check::Credential,
            Health::Untold,
            "known to the vendor, and may not read the definitions of fields; whether it may change users shows the first update",
        ),
        ErrorKind::NotFound | ErrorKind::MaybeNotFound => (
            Check::Reachable,
            Health::Failed,
            "something answers that does not know the vendor's call; compare base_url with the vendor's page",
        ),
        ErrorKind::RateLimited => {
            (Check::Credential, Health::Untold, "the vendor asks for a pause; try again later")
        }
        ErrorKind::Unavailable => {
            (Check::Reachable, Health::Failed, "the vendor is out of order for the moment; try again later")
        }
        _ => (Check::Reachable, Health::Failed, NOT_THE_VENDOR),
    };
    if check == Check::Credential {
        found.note(Check::Reachable, Health::Ok, "the vendor answers");
    }
    found.note(check, health, says);
}

fn of_knock(found: &mut Examination, response: &VendorResponse) {
    let is_empty = response.body.is_empty();
    let failed = match response.status {
        300..=399 => Some(
            "it redirects to another place, which is not followed; compare base_url with the vendor's page",
        ),
        _ if is_foreign(response) => Some(NOT_THE_VENDOR),
        // Nothing in it shows whose it is.
        200..=299 | 404 if is_empty => Some(NOT_THE_VENDOR),
        500..=599 => Some("what answers is out of order for the moment; try again later"),
        _ => None,
    };
    if let Some(says) = failed {
        return found.note(Check::Reachable, Health::Failed, says);
    }
    found.note(
        Check::Reachable,
        Health::Ok,
        "an API answers there; the first update shows whether it is the vendor's",
    );
    if response.status == 401 {
        let says = format!("the vendor does not accept the credential; {REPLACE_CREDENTIAL}");
        found.note(Check::Credential, Health::Failed, says);
    } else {
        let says = "this vendor does not tell without changing somebody; the first update shows it";
        found.note(Check::Credential, Health::Untold, says);
    }
    found.note(Check::Fields, Health::Untold, "this vendor has no call that tells which fields are defined");
}

/// Says of what nothing was found that it was not asked.
fn note_unasked(found: &mut Examination) {
    for (check, says) in [
        (Check::Credential, "not asked: the vendor's API was not reached"),
        (Check::Fields, "not asked: the vendor did not show which fields are defined"),
    ] {
        if found.findings.iter().all(|finding| finding.check != check) {
            found.note(check, Health::Untold, says);
        }
    }
}

const NOT_THE_VENDOR: &str =
    "something else than the vendor's API answers; compare base_url with the vendor's page";

fn unanswered(error: &SendError) -> String {
    let what = match error.kind {
        SendErrorKind::Dns => "the host name has no address; compare base_url with the vendor's page",
        SendErrorKind::Connect => {
            "nothing answers there; compare base_url, and see whether a firewall is in between"
        }
        SendErrorKind::Tls => {
            "the other side cannot prove who it is; if its certificate is from an authority of your own, set ca_file"
        }
        SendErrorKind::AddressRefused => "the host name leads to an address that `network` does not allow",
        SendErrorKind::Refused => "the built URL is not the configured one; compare base_url",
        SendErrorKind::Timeout => "no answer in time; see whether a firewall is in between, or raise timeout",
        SendErrorKind::Interrupted => "the connection broke before the answer was complete",
        SendErrorKind::AnswerTooLarge => "the answer is larger than 64 KiB; is this the vendor's API?",
    };
    format!("{what} ({})", error.detail)
}
