use canonical::UserId;
use delivery::{
    audit::AuditRow,
    mutation::{self, Mutation},
    store::{Accept, AcceptError, Accepted, LaneRow, StoreError},
};
use rusqlite::Connection;

use crate::{
    accept,
    answer::{Answer, Build, Done},
    changes::Changes,
    claim, enrol, erase,
    error::{BatchError, OpError, of_batch},
    events,
    op::{Op, Other, Reply},
    pass, rearm, rekey, routes, settle, start, sweep,
    tx::{Memory, OnFailure, Tx},
};

/// What is left to do after a commit.
#[derive(Default)]
pub(crate) struct Answers {
    ready: Vec<Box<dyn Answer>>,
    /// Answers that are true only when the WAL is empty, too.
    after_checkpoint: Vec<Box<dyn Answer>>,
    /// Every lane that was changed, as it is now.
    pub(crate) changed: Vec<(UserId, LaneRow)>,
}

impl Answers {
    /// Answers those who need nothing but the commit.
    pub(crate) fn tell(&mut self) {
        self.ready.drain(..).for_each(|answer| answer.tell(None));
    }

    /// Whether somebody waits for the WAL to be emptied.
    pub(crate) fn wants_checkpoint(&self) -> bool {
        !self.after_checkpoint.is_empty()
    }

    /// Answers the others.
    pub(crate) fn tell_rest(self) {
        self.after_checkpoint.into_iter().for_each(|answer| answer.tell(None));
    }

    /// Tells everybody that the commit is of no use.
    pub(crate) fn refuse(self, error: &StoreError) {
        self.all().into_iter().for_each(|answer| answer.tell(Some(error.clone())));
    }

    fn all(self) -> Vec<Box<dyn Answer>> {
        self.ready.into_iter().chain(self.after_checkpoint).collect()
    }
}

/// Commits a transaction that has changed these lanes.
pub(crate) type Commit<'a> = &'a dyn Fn(&Connection, &[(UserId, LaneRow)]) -> rusqlite::Result<()>;

/// Runs operations in one transaction and commits it. When that fails, everybody has been told.
pub(crate) fn run(
    connection: &Connection,
    memory: &mut Memory,
    ops: Vec<Op>,
    commit: Commit<'_>,
) -> Result<Answers, BatchError> {
    let mut result = attempt(connection, memory, ops, commit, OnFailure::RetryBatch);
    if let Err((BatchError::Again, undone)) = result {
        tracing::warn!("an operation failed half-way; its batch is done again");
        let ops = undone.into_iter().map(Answer::undone).collect();
        result = attempt(connection, memory, ops, commit, OnFailure::UndoOperation);
    }
    result.map_err(|(failure, undone)| {
        undone.into_iter().for_each(|answer| answer.tell(Some(told(&failure))));
        failure
    })
}

fn attempt(
    connection: &Connection,
    memory: &mut Memory,
    ops: Vec<Op>,
    commit: Commit<'_>,
    on_failure: OnFailure,
) -> Result<Answers, (BatchError, Vec<Box<dyn Answer>>)> {
    if let Err(error) = connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([])) {
        let failure = begin_failure(&error);
        ops.into_iter().for_each(|op| op.fail(told(&failure)));
        return Err((failure, Vec::new()));
    }
    let audit_head = memory.audit_head.get();
    let tx = Tx { connection, on_failure, memory, changes: Changes::default(), audit_head };
    let mut batch = Batch { tx, answers: Answers::default(), failure: None };
    batch.execute(ops);
    batch.finish();
    let Batch { tx, mut answers, failure } = batch;
    let audit_head = tx.audit_head;
    answers.changed = tx.changes.into_rows();
    if mutation::is_on(Mutation::ReplyBeforeCommit) {
        answers.tell();
    }
    let failure =
        failure.or_else(|| commit(connection, &answers.changed).err().map(|error| of_batch(&error)));
    let Some(failure) = failure else {
        memory.committed(&answers.changed);
        memory.audit_head.set(audit_head);
        return Ok(answers);
    };
    memory.callers.clear();
    memory.ways.forget();
    match roll_back(connection) {
        Ok(()) => Err((failure, answers.all())),
        Err(error) => Err((of_batch(&error), answers.all())),
    }
}

/// Another process that holds the file for a moment, such as a backup, is no reason to stop.
fn begin_failure(error: &rusqlite::Error) -> BatchError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy) => BatchError::Undone(StoreError::Overloaded),
        _ => of_batch(error),
    }
}

fn roll_back(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        return Ok(());
    }
    connection.prepare_cached("ROLLBACK")?.execute([]).map(drop)
}

fn told(failure: &BatchError) -> StoreError {
    match failure {
        BatchError::Undone(error) => error.clone(),
        BatchError::Unknown(what) => StoreError::OutcomeUnknown(what.clone()),
        BatchError::Again => StoreError::Overloaded,
    }
}

struct Batch<'a> {
    tx: Tx<'a>,
    answers: Answers,
    failure: Option<BatchError>,
}

impl Batch<'_> {
    /// Settles first, for they free permits; then accepts; claims last, so that they see what the others did.
    fn execute(&mut self, ops: Vec<Op>) {
        let (mut accepts, mut others, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        for op in ops {
            match op {
                Op::Settle(command, reply) => {
                    self.run(command, reply, Op::Settle, |tx, command| settle::settle(tx, command));
                }
                // Nobody waits for it any more: it need not be done.
                Op::Accept(_, reply) if reply.is_closed() => {}
                Op::Claim(_, reply) if reply.is_closed() => {}
                Op::Accept(command, reply) => accepts.push((command, reply)),
                Op::Other(other) => others.push(other),
                Op::Claim(command, reply) => claims.push((command, reply)),
            }
        }
        let accepted: Vec<_> =
            accepts.into_iter().map(|(command, reply)| self.accept(command, reply)).collect();
        others.into_iter().for_each(|other| self.other(other));
        accepted.into_iter().for_each(|accepted| self.claim_granted(accepted));
        for (command, reply) in claims {
            self.run(command, reply, Op::Claim, claim::claim);
        }
    }

    /// Writes what is not written yet.
    fn finish(&mut self) {
        if self.failure.is_none() {
            self.failure = self.tx.flush().err();
        }
    }

    fn accept(&mut self, command: Box<Accept>, reply: Reply<Accepted, AcceptError>) -> Accepting {
        let result = self.attempt(|tx| accept::accept(tx, &command));
        Done { command, result, reply, build: Op::Accept }
    }

    fn claim_granted(&mut self, mut accepting: Accepting) {
        if let Ok(accepted) = &mut accepting.result
            && let Err(error) = self.attempt(|tx| accept::claim_granted(tx, &accepting.command, accepted))
        {
            accepting.result = Err(error.into());
        }
        self.answers.ready.push(Box::new(accepting));
    }

    fn other(&mut self, other: Other) {
        match other {
            Other::Register(routes, reply) => {
                self.run(
                    routes,
                    reply,
                    |c, r| Op::Other(Other::Register(c, r)),
                    |tx, routes| routes::register(tx, routes),
                );
            }
            Other::Start(page, reply) => {
                self.run(page, reply, |c, r| Op::Other(Other::Start(c, r)), start::start);
            }
            Other::Rekey(page, reply) => {
                self.run(page, reply, |c, r| Op::Other(Other::Rekey(c, r)), rekey::rekey);
            }
            Other::Erase(command, reply) => {
                let result = self.attempt(|tx| erase::erase(tx, &command));
                let build: Build<_, _, _> = |c, r| Op::Other(Other::Erase(c, r));
                self.answers.after_checkpoint.push(Box::new(Done { command, result, reply, build }));
            }
            Other::Rearm(page, reply) => {
                self.run(page, reply, |c, r| Op::Other(Other::Rearm(c, r)), rearm::rearm);
            }
            Other::Enrol(page, reply) => {
                self.run(page, reply, |c, r| Op::Other(Other::Enrol(c, r)), enrol::enrol);
            }
            Other::Pass(command, reply) => {
                self.run(command, reply, |c, r| Op::Other(Other::Pass(c, r)), pass::pass);
            }
            Other::Pause(command, reply) => {
                self.run(command, reply, |c, r| Op::Other(Other::Pause(c, r)), routes::pause);
            }
            Other::Audit(entry, reply) => {
                let write = |tx: &mut Tx<'_>, entry: &AuditRow| Ok(tx.audit(entry.clone())?);
                self.run(entry, reply, |c, r| Op::Other(Other::Audit(c, r)), write);
            }
            Other::Note(note, reply) => {
                self.run(note, reply, |c, r| Op::Other(Other::Note(c, r)), events::note);
            }
            Other::Subscribe(webhook, reply) => {
                let subscribe = |tx: &mut Tx<'_>, webhook: &String| events::subscribe(tx, webhook);
                self.run(webhook, reply, |c, r| Op::Other(Other::Subscribe(c, r)), subscribe);
            }
            Other::Told(told, reply) => {
                self.run(told, reply, |c, r| Op::Other(Other::Told(c, r)), events::told);
            }
            Other::Check(reply) => {
                let write = |tx: &mut Tx<'_>, (): &()| {
                    let mut statement =
                        tx.connection.prepare_cached("UPDATE marker SET checks = checks + 1")?;
                    Ok(statement.execute([]).map(drop)?)
                };
                self.run((), reply, |(), r| Op::Other(Other::Check(r)), write);
            }
            Other::Sweep(page, reply) => {
                self.run(page, reply, |c, r| Op::Other(Other::Sweep(c, r)), sweep::sweep);
            }
        }
    }

    /// Does one operation and keeps its result for after the commit.
    fn run<C: Send + 'static, T: Send + 'static>(
        &mut self,
        command: C,
        reply: Reply<T>,
        build: Build<C, T, StoreError>,
        operation: impl FnOnce(&mut Tx<'_>, &C) -> Result<T, OpError>,
    ) {
        let result = self.attempt(|tx| operation(tx, &command));
        self.answers.ready.push(Box::new(Done { command, result, reply, build }));
    }

    /// Does one operation, unless the batch has failed already; everybody is told the batch's failure then.
    fn attempt<T, E: From<StoreError>>(
        &mut self,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, OpError<E>>,
    ) -> Result<T, E> {
        if let Some(failure) = &self.failure {
            return Err(told(failure).into());
        }
        match operation(&mut self.tx).map_err(OpError::judge) {
            Ok(value) => Ok(value),
            Err(Ok(error)) => Err(error),
            Err(Err(failure)) => {
                let error = told(&failure);
                self.failure = Some(failure);
                Err(error.into())
            }
        }
    }
}

/// An accept whose claims are still to be made.
type Accepting = Done<Box<Accept>, Accepted, AcceptError>;
