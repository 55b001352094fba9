use delivery::store::StoreError;
use tokio::sync::watch;

/// Whether the store has failed for good: set once, seen by everyone.
#[derive(Debug, Clone)]
pub(crate) struct Failure(watch::Sender<Option<String>>);

impl Failure {
    pub(crate) fn none() -> Self {
        Self(watch::Sender::new(None))
    }

    /// The first reason stays.
    pub(crate) fn set(&self, reason: &str) {
        self.0.send_if_modified(|failed| {
            let first = failed.is_none();
            if first {
                tracing::error!(reason, "the store has failed and takes nothing more; restart the process");
                *failed = Some(reason.to_owned());
            }
            first
        });
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match &*self.0.borrow() {
            Some(reason) => Err(StoreError::OutcomeUnknown(reason.clone())),
            None => Ok(()),
        }
    }

    /// Waits until it has failed.
    pub(crate) async fn happened(&self) -> String {
        let mut receiver = self.0.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            // The sender is `self`, which lives.
            Err(_) => std::future::pending().await,
        }
    }
}
