use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::dev::Extensions;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

use super::{crowd::Member, state::Phase};

/// How long the caller may take to read what is ready for it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long, and how much, is read and thrown away after the last answer: an answer is lost when a connection is closed on
/// what the caller has still sent.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 * 1024;
/// The most bytes that are taken at one time. All requests in them are kept until their turn comes, and one takes fifty times
/// its bytes.
const PORTION: usize = 4 * 1024;
/// Answers a head that does not end.
const LATE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A connection's bytes, with deadlines, and as many at a time as are wanted.
#[derive(Debug)]
pub(in crate::callers) struct Stream {
    io: TcpStream,
    member: Member,
    timer: Pin<Box<Sleep>>,
    /// When what is ready must have been taken; none when nothing waits.
    unsent: Option<Instant>,
    /// How much of a portion was taken.
    taken: usize,
    /// Whether the other side sends nothing more.
    finished: bool,
    closing: Option<Closing>,
}

/// After the last answer.
#[derive(Debug)]
struct Closing {
    until: Instant,
    left: usize,
}

impl Stream {
    pub(in crate::callers) fn new(io: TcpStream, member: Member) -> Self {
        let timer = Box::pin(sleep_until(member.connection.deadline().unwrap_or_else(Instant::now)));
        Self { io, member, timer, unsent: None, taken: 0, finished: false, closing: None }
    }

    /// Lets the requests of the connection know it.
    pub(in crate::callers) fn share(&self, data: &mut Extensions) {
        data.insert(Rc::clone(&self.member.connection));
    }

    /// Whether a deadline has passed; the task is woken when it does.
    fn has_passed(&mut self, deadline: Instant, context: &mut Context<'_>) -> bool {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        // An earlier deadline may have been met since it was set.
        while self.timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return true;
            }
            self.timer.as_mut().reset(deadline);
        }
        false
    }

    /// Fails when the connection must not go on.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.member.connection.is_evicted() {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "another connection takes its place",
            ));
        }
        if let Some(deadline) = self.unsent
            && self.has_passed(deadline, context)
        {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the answer is not read"));
        }
        Ok(())
    }

    /// Reads a part of a portion. When it is complete, the rest waits until what is in it was looked at.
    fn poll_portion(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.taken >= PORTION {
            self.taken = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let most = (PORTION - self.taken).min(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        if Pin::new(&mut self.io).poll_read(context, &mut part)?.is_pending() {
            self.taken = 0;
            return Poll::Pending;
        }
        let read = part.filled().len();
        buffer.advance(read);
        self.taken += read;
        Poll::Ready(Ok(read))
    }

    /// Waits for the other side to leave, and leaves what it sends where it is.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut byte = [0];
        match ready!(self.io.poll_peek(context, &mut ReadBuf::new(&mut byte)))? {
            0 => {
                self.finished = true;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Pending,
        }
    }

    /// Ends a connection whose next request does not come. Whoever has begun with one is told.
    fn give_up(&mut self, context: &mut Context<'_>) {
        if self.member.connection.phase() == Phase::Head {
            // It fits, as nothing waits; and where it does not, nobody has read for long.
            drop(Pin::new(&mut self.io).poll_write(context, LATE));
        }
        self.finished = true;
    }

    /// Throws away what still comes; nothing when there is nothing to fear.
    fn poll_linger(&mut self, closing: &mut Closing, context: &mut Context<'_>) -> Poll<()> {
        let mut scratch = [0; PORTION];
        while !self.finished && closing.left > 0 && !self.has_passed(closing.until, context) {
            let mut part = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.io).poll_read(context, &mut part) {
                Poll::Pending if self.member.connection.phase() == Phase::Waiting => break,
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) => break,
                Poll::Ready(Ok(())) => self.finished = part.filled().is_empty(),
            }
            closing.left = closing.left.saturating_sub(part.filled().len());
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.member.connection.run_by(context.waker());
        this.check(context)?;
        if this.unsent.is_some() {
            return Poll::Pending;
        }
        let deadline = this.member.connection.deadline();
        if deadline.is_some_and(|deadline| this.has_passed(deadline, context)) {
            this.give_up(context);
            return Poll::Ready(Ok(()));
        }
        if this.member.connection.phase() == (Phase::Serving { body: false }) {
            return this.poll_end(context);
        }
        match ready!(this.poll_portion(context, buffer))? {
            0 => this.finished = true,
            _ => this.member.connection.heard(),
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check(context)?;
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        if written.is_pending() && this.unsent.is_none() {
            this.unsent = Some(Instant::now() + WRITE_TIMEOUT);
            this.check(context)?;
        }
        written
    }

    /// Called when everything was taken.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unsent.take().is_some() {
            // Reading goes on.
            context.waker().wake_by_ref();
        }
        this.check(context)?;
        Pin::new(&mut this.io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check(context)?;
        let mut closing = match this.closing.take() {
            Some(closing) => closing,
            None => {
                ready!(Pin::new(&mut this.io).poll_shutdown(context))?;
                Closing { until: Instant::now() + LINGER, left: LINGER_BYTES }
            }
        };
        let polled = this.poll_linger(&mut closing, context);
        this.closing = Some(closing);
        polled.map(Ok)
    }
}
