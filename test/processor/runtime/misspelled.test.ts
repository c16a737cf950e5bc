/** Names of variables that were meant for us, told from all the others that an environment holds. */
import { describe, expect, test } from '@jest/globals';
import { readSettings, VARIABLE_NAMES } from '../../../processor/runtime/settings.ts';

function problemOf(env: NodeJS.ProcessEnv): string | undefined {
  try {
    readSettings(env, 'command-line');
    return undefined;
  } catch (error) {
    return (error as Error).message.replace('settings that cannot be used: ', '');
  }
}

describe('the right one is named for', () => {
  test.each([
    ['INCLUDE_ACCOUNT', 'INCLUDE_ACCOUNTS'],
    ['INCLUDES_ACCOUNTS', 'INCLUDE_ACCOUNTS'],
    ['INCLUDE_ACOUNTS', 'INCLUDE_ACCOUNTS'],
    ['EXCLUDE_CREATOR', 'EXCLUDE_CREATORS'],
    ['EXLCUDE_REGIONS', 'EXCLUDE_REGIONS'],
    ['EXCLUDEREGIONS', 'EXCLUDE_REGIONS'],
    ['include_services', 'INCLUDE_SERVICES'],
    ['Dry_Run', 'DRY_RUN'],
    ['DRYRUN', 'DRY_RUN'],
    ['DRY_RUNS', 'DRY_RUN'],
    ['dry_run', 'DRY_RUN'],
    ['tags', 'TAGS'],
    ['LOG_BUCKET', 'LOG_BUCKETS'],
    ['LOGBUCKETS', 'LOG_BUCKETS'],
    ['EVENT_QUEUE', 'EVENT_QUEUES'],
    ['RETRY_QUEUE_ULR', 'RETRY_QUEUE_URL'],
    ['RETRY_QUEUE', 'RETRY_QUEUE_URL'],
    ['FAILURE_QUEUE', 'FAILURE_QUEUE_URL'],
    ['FAILURE_URL', 'FAILURE_QUEUE_URL'],
    ['FAILURES_QUEUE_URL', 'FAILURE_QUEUE_URL'],
    ['CREATEDBY', 'CREATED_BY'],
    ['CREATE_BY', 'CREATED_BY'],
    ['CREATED_BY_KEYS', 'CREATED_BY_KEY'],
    ['ON_EXISTS', undefined],
    ['ON_EXISTIN', 'ON_EXISTING'],
    ['CONCURENCY', 'CONCURRENCY'],
    ['MAX_FILES_BYTES', 'MAX_FILE_BYTES'],
    ['TRIGER_MODE', 'TRIGGER_MODE'],
    ['ENVIROMENT', 'ENVIRONMENT'],
    ['TAG_VALUES', 'TAG_VALUE'],
    ['TAG_SOURCEIP', 'TAG_SOURCE_IP'],
    ['SNS_TOPIC_ARNS', 'SNS_TOPIC_ARN'],
  ])('%s', (name, meant) => {
    const problem = `${name}: is no variable of auto-tagger; did you mean ${meant}?`;
    expect(problemOf({ [name]: 'x' })).toBe(meant === undefined ? undefined : problem);
  });
});

test('a filter that does not exist is answered with those that do', () => {
  expect(problemOf({ INCLUDE_TEAMS: 'x' })).toBe(
    'INCLUDE_TEAMS: is no variable of auto-tagger; the filters are INCLUDE_ACCOUNTS, INCLUDE_REGIONS, INCLUDE_SERVICES, INCLUDE_EVENTS, INCLUDE_CREATORS',
  );
});

test('all of them are named at once, beside values that cannot be used', () => {
  expect(problemOf({ EXCLUDE_REGION: 'x', DRYRUN: 'true', CONCURRENCY: '0' })).toBe(
    'EXCLUDE_REGION: is no variable of auto-tagger; did you mean EXCLUDE_REGIONS?; ' +
      'DRYRUN: is no variable of auto-tagger; did you mean DRY_RUN?; CONCURRENCY: expected a whole number from 1 to 9999999999999, got "0"',
  );
});

test('one that is empty, or that a template of TAGS names, is left alone', () => {
  expect(problemOf({ LOG_BUCKET: '', INCLUDE_TEAMS: '' })).toBeUndefined();
  expect(problemOf({ LOG_BUCKET: 'x', TAGS: '{"Logs":"{env.LOG_BUCKET}"}' })).toBeUndefined();
  expect(problemOf({ LOG_BUCKET: 'x', TAGS: '{"Logs":"LOG_BUCKET"}' })).toMatch(/^LOG_BUCKET: /);
});

/** AWS Lambda Developer Guide, "Defined runtime environment variables"; Powertools, "Environment variables". */
const LAMBDA = `_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME
  AWS_LAMBDA_LOG_STREAM_NAME AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR TZ LANG PATH LD_LIBRARY_PATH NODE_PATH
  AWS_XRAY_CONTEXT_MISSING AWS_XRAY_DAEMON_ADDRESS AWS_LAMBDA_DOTNET_PREJIT AWS_LAMBDA_LOG_FORMAT AWS_LAMBDA_LOG_LEVEL
  AWS_LAMBDA_EXEC_WRAPPER AWS_SAM_LOCAL NODE_OPTIONS NODE_EXTRA_CA_CERTS POWERTOOLS_SERVICE_NAME
  POWERTOOLS_METRICS_NAMESPACE POWERTOOLS_METRICS_FUNCTION_NAME POWERTOOLS_METRICS_DISABLED POWERTOOLS_TRACE_ENABLED
  POWERTOOLS_TRACER_CAPTURE_RESPONSE POWERTOOLS_TRACER_CAPTURE_ERROR POWERTOOLS_LOGGER_LOG_EVENT
  POWERTOOLS_LOGGER_SAMPLE_RATE POWERTOOLS_DEV POWERTOOLS_LOG_LEVEL POWERTOOLS_PARAMETERS_MAX_AGE
  POWERTOOLS_PARAMETERS_SSM_DECRYPT POWERTOOLS_IDEMPOTENCY_DISABLED DD_API_KEY DD_SITE DD_TAGS DD_TRACE_ENABLED
  OTEL_RESOURCE_ATTRIBUTES SERVICE STAGE ENVIRONMENT LOG_LEVEL TABLE_NAME BUCKET_NAME QUEUE_URL DLQ_URL`;

const SHELL = `HOME USER LOGNAME SHELL SHLVL PWD OLDPWD TERM TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID COLORTERM
  EDITOR VISUAL PAGER LESS LESSOPEN LESSCLOSE LS_COLORS LSCOLORS LC_ALL LC_CTYPE LANGUAGE MAIL HOSTNAME HOSTTYPE OSTYPE
  MACHTYPE DISPLAY WAYLAND_DISPLAY SSH_AUTH_SOCK SSH_AGENT_PID SSH_CLIENT SSH_CONNECTION SSH_TTY GPG_AGENT_INFO
  DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_SESSION_ID XDG_SESSION_TYPE
  DESKTOP_SESSION TMPDIR TEMP TMP _ PS1 IFS HISTSIZE HISTFILE PROMPT_COMMAND VIRTUAL_ENV CONDA_PREFIX PYENV_ROOT
  NVM_DIR NVM_BIN NVM_INC ASDF_DIR JAVA_HOME GOPATH GOROOT CARGO_HOME HOMEBREW_PREFIX MANPATH INFOPATH INCLUDE LIB
  C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH PKG_CONFIG_PATH TAG CI DEBUG VERBOSE NO_COLOR FORCE_COLOR KUBECONFIG
  DOCKER_HOST DOCKER_BUILDKIT COMPOSE_PROJECT_NAME AWS_PROFILE AWS_VAULT AWS_SDK_LOAD_CONFIG AWS_CONFIG_FILE
  AWS_SHARED_CREDENTIALS_FILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_SQS TF_VAR_region TF_LOG GITHUB_TOKEN GITHUB_ACTIONS
  GITHUB_REF_NAME GITHUB_RUN_ID GITLAB_CI CI_COMMIT_TAG CI_CONCURRENT_ID CI_CONCURRENT_PROJECT_ID BUILD_NUMBER
  BUILDKITE_BUILD_CREATOR JENKINS_URL CREATED_AT CREATED_ON CREATOR MANAGED_BY WEB_CONCURRENCY UV_THREADPOOL_SIZE
  JEST_WORKER_ID NODE_ENV NODE LOGS_BUCKET_NAME S3_BUCKET EVENT_NAME EVENT_BUS TRIGGER MODE RETRY RETRIES WSLENV
  VSCODE_GIT_IPC_HANDLE ITERM_PROFILE TMUX TMUX_PANE STY ZSH FPATH FZF_DEFAULT_OPTS BAT_THEME GREP_COLORS CDPATH`;

const NPM = `npm_config_dry_run npm_config_user_agent npm_config_cache npm_config_prefix npm_config_globalconfig
  npm_config_userconfig npm_config_noproxy npm_config_local_prefix npm_config_init_module npm_config_npm_version
  npm_config_node_gyp npm_config_global_prefix npm_config_tags npm_config_include_attestations npm_config_include
  npm_command npm_execpath npm_node_execpath npm_lifecycle_event npm_lifecycle_script npm_package_name
  npm_package_version npm_package_json npm_package_engines_node INIT_CWD EDITOR COLOR NODE npm_package_config_tags`;

describe('no false alarm for the environment of', () => {
  test.each([
    ['Lambda', LAMBDA],
    ["a developer's shell", SHELL],
    ['npm', NPM],
  ])('%s', (_, names) => {
    for (const name of names.split(/\s+/))
      expect([name, problemOf({ [name]: '1' })]).toEqual([name, undefined]);
  });

  test('whoever runs this', () => {
    const others = Object.entries(process.env).filter(([name]) => !VARIABLE_NAMES.includes(name));
    expect(problemOf(Object.fromEntries(others))).toBeUndefined();
  });
});
