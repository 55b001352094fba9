use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use super::state::Connection;

/// The connections of one worker, oldest first. When there are too many, the oldest stranger's is closed for the newest: strangers
/// can then keep nobody out, neither a caller nor whoever asks whether the process lives.
#[derive(Debug)]
pub(in crate::callers) struct Crowd {
    most: usize,
    next: Cell<u64>,
    members: RefCell<BTreeMap<u64, Rc<Connection>>>,
}

/// One connection's place, given back when it is dropped.
#[derive(Debug)]
pub(in crate::callers) struct Member {
    crowd: Rc<Crowd>,
    number: u64,
    pub(super) connection: Rc<Connection>,
}

impl Crowd {
    /// A crowd of at most so many.
    pub(in crate::callers) fn new(most: usize) -> Rc<Self> {
        Rc::new(Self { most, next: Cell::default(), members: RefCell::default() })
    }

    /// Takes a connection in. Where none can make room for it, it is closed itself: all others have callers who are being
    /// answered.
    pub(in crate::callers) fn admit(self: &Rc<Self>) -> Member {
        let (number, connection) = (self.next.get(), Rc::new(Connection::new()));
        self.next.set(number + 1);
        let mut members = self.members.borrow_mut();
        if members.len() >= self.most {
            let oldest = |to_strangers| {
                members.iter().find(|(_, member)| member.yields(to_strangers)).map(|(number, _)| *number)
            };
            match oldest(true).or_else(|| oldest(false)).and_then(|number| members.remove(&number)) {
                Some(evicted) => evicted.evict(),
                None => connection.evict(),
            }
        }
        if !connection.is_evicted() {
            members.insert(number, Rc::clone(&connection));
        }
        Member { crowd: Rc::clone(self), number, connection }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.crowd.members.borrow_mut().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_connection_makes_room_and_a_callers_only_between_two_requests() {
        let crowd = Crowd::new(3);
        let is_evicted = |member: &Member| member.connection.is_evicted();
        let (caller, stranger, idle) = (crowd.admit(), crowd.admit(), crowd.admit());
        caller.connection.is_known();
        idle.connection.is_known();
        caller.connection.serve(false);
        stranger.connection.serve(false);
        let newest = crowd.admit();
        assert!(is_evicted(&stranger) && ![&caller, &idle, &newest].map(is_evicted).contains(&true));
        newest.connection.is_known();
        newest.connection.serve(false);
        let next = crowd.admit();
        assert!(is_evicted(&idle) && ![&caller, &newest, &next].map(is_evicted).contains(&true));
        next.connection.is_known();
        next.connection.serve(false);
        assert!(is_evicted(&crowd.admit()), "everybody else is being answered");
        drop(caller);
        assert!(!is_evicted(&crowd.admit()), "a place was given back");
    }
}
