//! The real binary as a process of its own, against simulated vendors.

mod load;

mod audit;
mod backup;
mod canary;
mod commands;
mod credential;
mod docs;
mod doctor;
mod erase;
mod fan_out;
mod hold;
mod identities;
mod isolation;
mod kill;
mod operator;
mod operator_commands;
mod outage;
mod plan;
mod reload;
mod removal;
mod required;
mod single;
mod stop;
mod strangers;
mod traces;
mod upgrade;
mod verify;
mod webhooks;
