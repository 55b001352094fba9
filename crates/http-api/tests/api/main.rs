//! The HTTP APIs from outside: requests in, answers out, and what reaches the vendors.

mod support;

mod bodies;
mod corpus;
mod e_mails;
mod hostile;
mod planted;
mod texts;

mod preconditions;
mod scopes;
mod updates;
mod users;

mod attention;
mod erasing;
mod keeping;
mod planning;
mod readers;
mod reading;
mod standing;
mod waiting;
mod words;

mod deprecated;
mod doctor;
mod failures;
mod hosts;
mod logs;
mod managers;
mod methods;
mod names;
mod operators;
mod pages;
mod paging;
mod paths;
mod slow;
mod sockets;
mod strangers;
mod telling;
mod times;
mod together;
mod truth;
mod unknown;
mod upgrades;
