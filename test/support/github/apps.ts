// An App as itself: who it is, where it is installed, its tokens, and the log of its webhook's deliveries.
import type { Deliveries, Delivery } from './deliveries.ts';
import { appOf, repositoryOf, userOf } from './present.ts';
import type { App, Installation, Permissions, Repository } from './records.ts';
import { type Call, found, notFound, page, pageSize, Refusal, Reply, type Route, route } from './routing.ts';
import { fullName, type GitHubState, type Urls } from './state.ts';

const LIFETIME = 3_600_000;

function appActing(call: Call<unknown>): App {
  if (call.actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  return call.actor.app;
}

function installationShape(installation: Installation, urls: Urls) {
  const { app, account } = installation;
  const url = `${urls.api}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    client_id: app.clientId,
    account: userOf(account, urls),
    repository_selection: installation.repositories === null ? 'all' : 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${urls.api}/installation/repositories`,
    html_url: `${urls.html}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: app.permissions,
    events: app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}

export function emitInstalled(state: GitHubState, installation: Installation): void {
  const { app, account } = installation;
  const payload = (urls: Urls) => ({
    installation: installationShape(installation, urls),
    repositories: covered(state, installation).map((one) => {
      return { id: one.id, node_id: one.nodeId, name: one.name, full_name: fullName(one), private: one.private };
    }),
  });
  const owner = account.type === 'User' ? account : state.account('installer');
  state.emit({ name: 'installation', action: 'created', repository: null, sender: owner, app, payload });
}

function ownInstallations(call: Call): Installation[] {
  const app = appActing(call);
  return [...call.state.installations.values()].filter((one) => one.app === app);
}

function covered(state: GitHubState, installation: Installation): Repository[] {
  const all = [...state.repositories.values()].filter((one) => one.owner === installation.account);
  return installation.repositories === null ? all : all.filter((one) => installation.repositories?.has(one.id));
}

interface TokenWish {
  readonly repositories?: readonly string[];
  readonly repository_ids?: readonly number[];
  readonly permissions?: Permissions;
}

/** A token of all that the installation may, or of less: never of more. */
function createToken(call: Call<TokenWish>): Reply {
  const app = appActing(call);
  const installation = found(
    [...call.state.installations.values()].find((one) => one.app === app && one.id === Number(call.params.installation_id)),
  );
  if (installation.suspendedAt !== null) throw new Refusal(403, 'This installation has been suspended');
  const { repositories: names, repository_ids: ids, permissions = app.permissions } = call.body;
  for (const [name, level] of Object.entries(permissions)) {
    const granted = app.permissions[name];
    if (!granted || (level === 'write' && granted === 'read'))
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  }
  const reachable = covered(call.state, installation);
  const chosen = names || ids ? reachable.filter((one) => names?.includes(one.name) || ids?.includes(one.id)) : null;
  if (chosen && chosen.length < (names?.length ?? 0) + (ids?.length ?? 0))
    throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
  const token = `ghs_${call.state.mint('Token').id.toString(36).padStart(36, '0')}`;
  const repositories = chosen && new Set(chosen.map((one) => one.id));
  call.state.tokens.set(token, {
    kind: 'installation',
    app,
    installation,
    permissions: { metadata: 'read', ...permissions },
    repositories,
  });
  const selection = chosen || installation.repositories ? 'selected' : 'all';
  return new Reply(201, {
    token,
    // By the machine's clock: clients keep tokens until then.
    expires_at: new Date(Date.now() + LIFETIME).toISOString().replace(/\.\d+Z$/, 'Z'),
    permissions,
    repository_selection: selection,
    ...(chosen ? { repositories: chosen.map((one) => repositoryOf(one, call.urls)) } : {}),
  });
}

function deliveryItem(delivery: Delivery) {
  const { id, guid, redelivery, duration, status, event, action } = delivery;
  return {
    id,
    guid,
    delivered_at: delivery.deliveredAt,
    redelivery,
    duration,
    status,
    status_code: delivery.statusCode,
    event,
    action,
    installation_id: delivery.installation,
    repository_id: delivery.repository,
    throttled_at: null,
  };
}

function deliveryShape(delivery: Delivery) {
  const request = { headers: delivery.headers, payload: JSON.parse(delivery.body) as unknown };
  return { ...deliveryItem(delivery), url: delivery.url, request, response: delivery.response ?? { headers: null, payload: null } };
}

/** Newest first, by cursor; three days are kept on GitHub. */
function listDeliveries(call: Call, deliveries: Deliveries): Reply {
  const app = appActing(call);
  const keeps = call.state.clock.now() - 3 * 24 * LIFETIME;
  const status = call.query.get('status');
  const own = deliveries.log.filter((one) => one.app === app && Date.parse(one.deliveredAt) >= keeps);
  const all = [...own]
    .reverse()
    .filter((one) => status === null || (one.statusCode >= 200 && one.statusCode < 400) === (status === 'success'));
  const cursor = call.query.get('cursor');
  const start = cursor === null ? 0 : all.findIndex((one) => one.id === Number(cursor.replace('v1_', '')));
  const size = pageSize(call);
  const next = all[start + size];
  const url = new URL(call.asked);
  if (next) url.searchParams.set('cursor', `v1_${next.id}`);
  return new Reply(200, all.slice(start, start + size).map(deliveryItem), next ? { link: `<${url.href}>; rel="next"` } : {});
}

function deliveryOf(call: Call, deliveries: Deliveries): Delivery {
  const app = appActing(call);
  return found(deliveries.log.find((one) => one.app === app && one.id === Number(call.params.delivery_id)));
}

export function appRoutes(deliveries: Deliveries): readonly Route[] {
  return [
    route('GET /app', { needs: 'jwt' }, (call) => ({
      ...appOf(appActing(call), call.urls),
      installations_count: ownInstallations(call).length,
    })),
    route(
      'POST /app-manifests/{code}/conversions',
      { needs: 'anyone' },
      (call) => {
        const app = found(call.state.manifestCodes.get(call.params.code ?? ''));
        call.state.manifestCodes.delete(call.params.code ?? '');
        const { id, clientId: client_id, privateKey: pem, webhook } = app;
        const secrets = { client_id, client_secret: `client-secret-of-${id}`, webhook_secret: webhook?.secret ?? null, pem };
        return new Reply(201, { ...appOf(app, call.urls), ...secrets });
      },
      // The App was made when the person confirmed it; this hands its credentials over.
      null,
    ),
    route('GET /apps/{app_slug}', { needs: 'anyone' }, (call) => appOf(found(call.state.apps.get(call.params.app_slug ?? '')), call.urls)),
    route('GET /app/installations', { needs: 'jwt' }, (call) =>
      page(call, ownInstallations(call), (one) => installationShape(one, call.urls)),
    ),
    route('GET /app/installations/{installation_id}', { needs: 'jwt' }, (call) => {
      return installationShape(found(ownInstallations(call).find((one) => one.id === Number(call.params.installation_id))), call.urls);
    }),
    route<TokenWish>('POST /app/installations/{installation_id}/access_tokens', { needs: 'jwt' }, createToken),
    route('GET /repos/{owner}/{repo}/installation', { needs: 'jwt' }, (call) => {
      return installationShape(found(ownInstallations(call).find((one) => covered(call.state, one).includes(call.repository))), call.urls);
    }),
    route('GET /orgs/{org}/installation', { needs: 'jwt' }, (call) => {
      return installationShape(
        found(ownInstallations(call).find((one) => one.account.login.toLowerCase() === call.params.org?.toLowerCase())),
        call.urls,
      );
    }),
    route('GET /users/{username}/installation', { needs: 'jwt' }, (call) => {
      return installationShape(
        found(ownInstallations(call).find((one) => one.account.login.toLowerCase() === call.params.username?.toLowerCase())),
        call.urls,
      );
    }),
    route('GET /installation/repositories', { needs: 'account', only: 'installations' }, (call) => {
      if (call.actor.kind !== 'installation') throw notFound();
      const { installation, repositories: chosen } = call.actor;
      const all = covered(call.state, installation).filter((one) => chosen === null || chosen.has(one.id));
      const selection = installation.repositories === null ? 'all' : 'selected';
      return page(
        call,
        all,
        (one) => repositoryOf(one, call.urls),
        (items) => ({ total_count: all.length, repository_selection: selection, repositories: items }),
      );
    }),
    route('DELETE /installation/token', { needs: 'account', only: 'installations' }, (call) => {
      call.state.tokens.delete(String(call.headers.authorization).replace(/^(token|bearer) /i, ''));
      return new Reply(204);
    }),
    route('GET /app/hook/deliveries', { needs: 'jwt' }, (call) => listDeliveries(call, deliveries)),
    route('GET /app/hook/deliveries/{delivery_id}', { needs: 'jwt' }, (call) => deliveryShape(deliveryOf(call, deliveries))),
    route(
      'POST /app/hook/deliveries/{delivery_id}/attempts',
      { needs: 'jwt' },
      (call) => {
        deliveries.redeliver(deliveryOf(call, deliveries));
        return new Reply(202, {});
      },
      'ask for delivery {delivery_id} again',
    ),
  ];
}
