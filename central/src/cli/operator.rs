//! `operator add`: for a registry that is not running.

use registry::case::Jurisdiction;

use super::{Exit, OperatorArgs, OperatorCommand};
use crate::home::Home;
use crate::operators::{Operator, Operators};

pub(super) fn operator(args: OperatorArgs) -> anyhow::Result<Exit> {
    let OperatorCommand::Add {
        name,
        roles,
        province,
        data,
    } = args.command;
    let home = Home::open(&data)?;
    let operators = Operators::load(home.store.as_ref())?;
    let jurisdiction = province.map_or(Jurisdiction::National, Jurisdiction::Province);
    let (operator, token) = Operator::new(name, roles, jurisdiction)?;
    operators.add(home.store.as_ref(), operator)?;
    println!("{}", token.text());
    Ok(Exit::Done)
}
