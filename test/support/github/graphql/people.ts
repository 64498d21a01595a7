// Accounts, teams and Apps over GraphQL, where a bot's login has no `[bot]`.
import type { Account, App, Team } from '../records.ts';
import { type Context, connection, type Resolvers } from './shape.ts';

const account = {
  login: ({ login }: Account) => login.replace(/\[bot\]$/, ''),
  url: ({ login, type }: Account, _: unknown, { urls }: Context) =>
    `${urls.html}/${type === 'Bot' ? `apps/${login.replace(/\[bot\]$/, '')}` : login}`,
  avatarUrl: ({ id }: Account) => `https://avatars.githubusercontent.com/u/${id}?v=4`,
};

export const peopleResolvers: Resolvers = {
  // `viewer` is a User even for an installation's token, and then has the bot's whole login (seen: fullsend-ai/fullsend#1953).
  User: { ...account, login: ({ login }: Account) => login, email: () => '', isBot: () => false },
  Bot: account,
  Organization: {
    ...account,
    team: (org: Account, { slug }: { slug: string }, { state }) => state.teams.get(`${org.login}/${slug}`) ?? null,
  },
  Team: {
    combinedSlug: (team: Team) => `${team.org.login}/${team.slug}`,
    organization: (team: Team) => team.org,
    parentTeam: (team: Team) => team.parent,
    url: (team: Team, _, { urls }) => `${urls.html}/orgs/${team.org.login}/teams/${team.slug}`,
    // `membership`: ALL (with the teams below), IMMEDIATE or CHILD_TEAM.
    members: (team: Team, args, context) => {
      const all = context.state.teamMembers(team);
      const logins = [...all.keys()].filter(
        (login) => args.membership === 'ALL' || team.members.has(login) === (args.membership === 'IMMEDIATE'),
      );
      return connection(
        context,
        'members',
        args,
        logins.map((login) => context.state.account(login)),
      );
    },
  },
  App: {
    name: (app: App) => app.slug,
    url: (app: App, _, { urls }) => `${urls.html}/apps/${app.slug}`,
  },
};
