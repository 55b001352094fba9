use actix_web::{HttpRequest, web::Payload};
use gateway_config::{KeyHash, Scope};

use super::{cookie, form::Form, guard, session::Found};
use crate::{
    callers::Caller,
    operators::{
        State,
        pages::{
            Refusal,
            frame::{Frame, Operator},
            plan,
        },
    },
};

/// An operator who is signed in.
pub(crate) struct Visitor {
    /// Who it is, as for the calls with a key.
    pub(crate) caller: Caller,
    id: String,
    session: Found,
}

impl Visitor {
    /// Who asks for a page. A key that is not configured any more ends its sessions, because it is looked up each time.
    ///
    /// # Errors
    /// Whoever is not signed in is led to the sign-in; a request that was made for another host is refused.
    pub(crate) fn of(request: &HttpRequest, state: &State) -> Result<Self, Refusal> {
        Self::with(request, state, &[])
    }

    /// As [`Visitor::of`], for a page that takes these scopes beside `operate`: those of the call that shows the same.
    ///
    /// # Errors
    /// As [`Visitor::of`]; and whoever has not all of these scopes is refused.
    pub(crate) fn with(request: &HttpRequest, state: &State, scopes: &[Scope]) -> Result<Self, Refusal> {
        guard::host(request, &state.pages.hosts)?;
        let signed_out = || Refusal::sign_in(request);
        let id = cookie::read(request).ok_or_else(signed_out)?;
        let now = state.engine.now();
        let session = state.pages.sessions.find(&id, now).ok_or_else(signed_out)?;
        let key = state.keys.load().with_hash(&session.key).ok_or_else(signed_out)?;
        let caller = Caller::of_key(request, key, &[&[Scope::Operate], scopes].concat(), now)?;
        Ok(Self { caller, id, session })
    }

    /// Who sends a form, and the form. Read in this order, so that a stranger's body is not read.
    ///
    /// # Errors
    /// As [`Visitor::of`]; and a form that is not from a page of this session is refused.
    pub(crate) async fn acting(
        request: &HttpRequest,
        state: &State,
        payload: Payload,
    ) -> Result<(Self, Form), Refusal> {
        let visitor = Self::of(request, state)?;
        let form = visitor.form(request, state, payload).await?;
        Ok((visitor, form))
    }

    /// The form that the visitor sends.
    ///
    /// # Errors
    /// A form that is not from a page of this session is refused.
    pub(crate) async fn form(
        &self,
        request: &HttpRequest,
        state: &State,
        payload: Payload,
    ) -> Result<Form, Refusal> {
        guard::origin(request, &state.pages.hosts)?;
        let form = Form::read(request, payload, state.pages.settings.load().body_timeout).await?;
        if self.session.is_token(form.text("token")) { Ok(form) } else { Err(Refusal::foreign_form()) }
    }

    /// The key that the session stands for.
    pub(crate) fn key(&self) -> KeyHash {
        self.session.key
    }

    /// Whether the session goes on and its key is still configured for operators.
    pub(crate) fn is_welcome(&self, state: &State) -> bool {
        let session = state.pages.sessions.find(&self.id, state.engine.now());
        let key = session.and_then(|session| state.keys.load().with_hash(&session.key));
        key.is_some_and(|key| key.config.scopes.contains(&Scope::Operate))
    }

    /// What stands around the content of a page.
    pub(crate) fn frame(&self, state: &State, here: &'static str) -> Frame {
        let notice = state.pages.sessions.take_notice(&self.id, state.engine.now());
        let operator = Operator {
            name: self.caller.name().to_owned(),
            token: self.token().to_owned(),
            notice,
            sees_users: self.caller.may(Scope::Read),
            plans: plan::SCOPES.iter().all(|scope| self.caller.may(*scope)),
        };
        Frame::of_operator(operator, here)
    }

    /// What every form of the session carries.
    pub(crate) fn token(&self) -> &str {
        &self.session.token
    }

    /// Leaves a sentence for the next page.
    pub(crate) fn tell(&self, state: &State, notice: impl Into<String>) {
        state.pages.sessions.tell(&self.id, notice.into(), state.engine.now());
    }

    /// Signs out.
    pub(crate) fn leave(&self, state: &State) {
        state.pages.sessions.end(&self.id, state.engine.now());
    }
}
