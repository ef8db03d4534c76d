import { bad } from "../protocol/status-error.ts";
import type { Command, CommandContext, CommandDefinition, StreamingDefinition } from "./command.ts";
import { isStateOneOf, type Session, type StateName } from "./session.ts";

function contextFor<N extends StateName>(session: Session, states: readonly N[], emit: CommandContext<N>["emit"]): CommandContext<N> {
  const { state } = session;
  if (!isStateOneOf(state, states)) throw bad(refusal(state.name, states));
  return { session, state, emit };
}

function refusal(state: StateName, states: readonly StateName[]): string {
  if (state === "not-authenticated") return "Please authenticate first";
  if (state === "authenticated" && states.includes("selected")) return "No mailbox is selected";
  return state === "logout" ? "The connection is closing" : "Already authenticated";
}

/** Turns a definition into the form that the registry holds. */
export function defineCommand<Args, N extends StateName>(definition: CommandDefinition<Args, N>): Command {
  return {
    name: definition.name,
    completed: `${definition.name} completed`,
    capabilities: definition.capabilities ?? [],
    states: definition.states,
    sequences: definition.sequences,
    sensitive: definition.sensitive ?? false,
    repeatable: definition.repeatable ?? false,
    streaming: false,
    execute(session, args, emit) {
      const context = contextFor(session, definition.states, emit);
      const read = definition.read(args, context);
      args.end();
      return definition.run(context, read);
    },
    open() {
      throw new TypeError(`${definition.name} takes no streamed literal`);
    },
  };
}

/** Turns the definition of a command with streamed literals into the form that the registry holds. */
export function defineStreamingCommand<N extends StateName>(definition: StreamingDefinition<N>): Command {
  return {
    name: definition.name,
    completed: `${definition.name} completed`,
    capabilities: definition.capabilities ?? [],
    states: definition.states,
    sequences: definition.sequences,
    sensitive: definition.sensitive ?? false,
    repeatable: false,
    streaming: true,
    execute() {
      throw new TypeError(`${definition.name} is opened, not executed`);
    },
    open(session, emit) {
      return definition.stream(contextFor(session, definition.states, emit));
    },
  };
}
