use delivery::store::StoreError;

use crate::op::{Op, Reply};

/// An operation that was done, with its result: to be told after the commit, or done again.
pub(crate) trait Answer: Send {
    /// Tells the result, or the failure of the whole batch.
    fn tell(self: Box<Self>, failure: Option<StoreError>);

    /// The operation as it came.
    fn undone(self: Box<Self>) -> Op;
}

/// How an operation of one kind is put together.
pub(crate) type Build<C, T, E> = fn(C, Reply<T, E>) -> Op;

/// An operation of one kind that was done.
pub(crate) struct Done<C, T, E> {
    pub(crate) command: C,
    pub(crate) result: Result<T, E>,
    pub(crate) reply: Reply<T, E>,
    pub(crate) build: Build<C, T, E>,
}

impl<C: Send, T: Send, E: From<StoreError> + Send> Answer for Done<C, T, E> {
    fn tell(self: Box<Self>, failure: Option<StoreError>) {
        let result = match failure {
            Some(error) => Err(error.into()),
            None => self.result,
        };
        // A caller that has gone does not want the answer.
        drop(self.reply.send(result));
    }

    fn undone(self: Box<Self>) -> Op {
        (self.build)(self.command, self.reply)
    }
}
