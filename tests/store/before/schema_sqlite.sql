CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE cases (
	number INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	head_hash TEXT NOT NULL,
	status TEXT NOT NULL,
	queue_id TEXT NOT NULL,
	reason_id TEXT NOT NULL,
	tier_id TEXT NOT NULL,
	priority INTEGER NOT NULL,
	resolver_id TEXT,
	due_at BIGINT NOT NULL,
	due_target TEXT,
	next_deadline_at BIGINT,
	raised_at BIGINT NOT NULL,
	snoozed_until BIGINT,
	closed_at BIGINT,
	resolution TEXT,
	customer_ref TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	invoice_ref TEXT NOT NULL,
	invoice_number TEXT NOT NULL,
	currency TEXT NOT NULL,
	disputed_minor BIGINT NOT NULL,
	chargeback_ref TEXT,
	search_text TEXT NOT NULL,
	body TEXT NOT NULL,
	CONSTRAINT pk_cases PRIMARY KEY (number)
);
CREATE TABLE timeline (
	number BIGINT NOT NULL,
	seq INTEGER NOT NULL,
	at BIGINT NOT NULL,
	kind TEXT NOT NULL,
	body TEXT NOT NULL,
	case_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT pk_timeline PRIMARY KEY (number, seq),
	CONSTRAINT fk_timeline_number FOREIGN KEY(number) REFERENCES cases (number)
)
 WITHOUT ROWID

;
CREATE TABLE members (
	channel_ref TEXT NOT NULL,
	person_ref TEXT NOT NULL,
	CONSTRAINT pk_members PRIMARY KEY (channel_ref, person_ref)
)
 WITHOUT ROWID

;
CREATE TABLE channels (
	name TEXT NOT NULL,
	channel_ref TEXT,
	problem TEXT,
	CONSTRAINT pk_channels PRIMARY KEY (name)
);
CREATE TABLE facts (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_facts PRIMARY KEY (name)
);
CREATE TABLE inbox (
	source TEXT NOT NULL,
	id TEXT NOT NULL,
	answer TEXT NOT NULL,
	digest TEXT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_inbox PRIMARY KEY (source, id)
)
 WITHOUT ROWID

;
CREATE TABLE outbox (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	address TEXT NOT NULL,
	effect TEXT NOT NULL,
	number BIGINT,
	seq INTEGER,
	payload TEXT NOT NULL,
	state TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	attempts INTEGER NOT NULL,
	attempted_at BIGINT,
	error TEXT,
	CONSTRAINT pk_outbox PRIMARY KEY (id)
);
CREATE TABLE lanes (
	address TEXT NOT NULL,
	holder TEXT NOT NULL,
	held_until BIGINT NOT NULL,
	open_at BIGINT NOT NULL,
	CONSTRAINT pk_lanes PRIMARY KEY (address)
);
CREATE TABLE posted (
	number BIGINT NOT NULL,
	address TEXT NOT NULL,
	kind TEXT NOT NULL,
	channel_ref TEXT NOT NULL,
	message_ref TEXT NOT NULL,
	CONSTRAINT pk_posted PRIMARY KEY (number, address),
	CONSTRAINT fk_posted_number FOREIGN KEY(number) REFERENCES cases (number)
)
 WITHOUT ROWID

;
CREATE TABLE links (
	id TEXT NOT NULL,
	invoice_ref TEXT NOT NULL,
	invoice_number TEXT NOT NULL,
	customer_ref TEXT NOT NULL,
	invoice TEXT NOT NULL,
	customer TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT,
	replaced_at BIGINT,
	CONSTRAINT pk_links PRIMARY KEY (id)
);
CREATE TABLE drafts (
	id TEXT NOT NULL,
	link_id TEXT NOT NULL,
	body TEXT NOT NULL,
	saved_at BIGINT NOT NULL,
	number BIGINT,
	CONSTRAINT pk_drafts PRIMARY KEY (id),
	CONSTRAINT fk_drafts_link_id FOREIGN KEY(link_id) REFERENCES links (id),
	CONSTRAINT fk_drafts_number FOREIGN KEY(number) REFERENCES cases (number)
);
CREATE TABLE files (
	id TEXT NOT NULL,
	invoice_ref TEXT NOT NULL,
	customer_ref TEXT NOT NULL,
	number BIGINT,
	draft_id TEXT,
	sha256 TEXT,
	state TEXT NOT NULL,
	came_at BIGINT NOT NULL,
	body TEXT NOT NULL,
	CONSTRAINT pk_files PRIMARY KEY (id),
	CONSTRAINT fk_files_number FOREIGN KEY(number) REFERENCES cases (number)
);
CREATE TABLE mails (
	message_id TEXT NOT NULL,
	direction TEXT NOT NULL,
	number BIGINT,
	at BIGINT NOT NULL,
	sha256 TEXT,
	sender TEXT NOT NULL,
	subject TEXT NOT NULL,
	CONSTRAINT pk_mails PRIMARY KEY (message_id, direction),
	CONSTRAINT fk_mails_number FOREIGN KEY(number) REFERENCES cases (number)
)
 WITHOUT ROWID

;
CREATE TABLE alerts (
	number BIGINT NOT NULL,
	address TEXT NOT NULL,
	seq INTEGER NOT NULL,
	channel_ref TEXT NOT NULL,
	message_ref TEXT NOT NULL,
	CONSTRAINT pk_alerts PRIMARY KEY (number, address, seq),
	CONSTRAINT fk_alerts_number FOREIGN KEY(number) REFERENCES cases (number)
)
 WITHOUT ROWID

;
CREATE TABLE people (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	email TEXT,
	slack_ref TEXT,
	zone TEXT,
	is_active BOOLEAN NOT NULL,
	dm_ref TEXT,
	id_folded TEXT NOT NULL,
	email_folded TEXT,
	slack_folded TEXT,
	teams_ref TEXT,
	teams_folded TEXT,
	teams_mri TEXT,
	chats_on TEXT,
	has_left_slack BOOLEAN NOT NULL,
	has_left_teams BOOLEAN NOT NULL,
	CONSTRAINT pk_people PRIMARY KEY (id)
);
CREATE TABLE conversations (
	ref TEXT NOT NULL,
	kind TEXT NOT NULL,
	service_url TEXT NOT NULL,
	reference TEXT NOT NULL,
	team_ref TEXT,
	person_ref TEXT,
	is_removed BOOLEAN NOT NULL,
	changed_at BIGINT NOT NULL,
	CONSTRAINT pk_conversations PRIMARY KEY (ref)
);
CREATE INDEX ix_cases_closed ON cases (queue_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ix_cases_customer ON cases (customer_ref, number);
CREATE INDEX ix_cases_mine ON cases (resolver_id, due_at, number, queue_id) WHERE closed_at IS NULL AND resolver_id IS NOT NULL;
CREATE INDEX ix_cases_next_deadline ON cases (next_deadline_at, number) WHERE next_deadline_at IS NOT NULL;
CREATE INDEX ix_cases_open ON cases (queue_id, due_at, number) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_raised ON cases (queue_id, raised_at);
CREATE INDEX ix_cases_search ON cases (queue_id, number, search_text);
CREATE INDEX ix_cases_waiting ON cases (queue_id, due_at, number) WHERE status = 'open';
CREATE UNIQUE INDEX ux_cases_chargeback ON cases (chargeback_ref) WHERE chargeback_ref IS NOT NULL;
CREATE INDEX ix_outbox_delivered ON outbox (attempted_at) WHERE state = 'delivered';
CREATE INDEX ix_outbox_parked ON outbox (id) WHERE state = 'parked';
CREATE INDEX ix_outbox_pending ON outbox (address, id) WHERE state = 'pending';
CREATE UNIQUE INDEX ux_outbox_key ON outbox ("key");
CREATE INDEX ix_cases_invoice ON cases (invoice_ref, customer_ref, number);
CREATE INDEX ix_posted_message ON posted (channel_ref, message_ref);
CREATE UNIQUE INDEX ux_links_newest ON links (invoice_ref, customer_ref) WHERE replaced_at IS NULL;
CREATE INDEX ix_links_number ON links (invoice_number, made_at);
CREATE UNIQUE INDEX ux_drafts_unsent ON drafts (link_id) WHERE number IS NULL;
CREATE INDEX ix_drafts_link ON drafts (link_id);
CREATE INDEX ix_drafts_saved ON drafts (saved_at);
CREATE INDEX ix_files_invoice ON files (invoice_ref, customer_ref, came_at);
CREATE INDEX ix_files_case ON files (number, came_at) WHERE number IS NOT NULL;
CREATE INDEX ix_files_draft ON files (draft_id, came_at) WHERE draft_id IS NOT NULL;
CREATE INDEX ix_files_sha256 ON files (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX ix_files_held ON files (came_at) WHERE state = 'held';
CREATE INDEX ix_files_uploading ON files (came_at) WHERE state = 'uploading';
CREATE INDEX ix_files_loose ON files (came_at) WHERE number IS NULL AND (state NOT IN ('refused', 'removed'));
CREATE INDEX ix_mails_case ON mails (number, at) WHERE number IS NOT NULL;
CREATE INDEX ix_mails_sha256 ON mails (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX ix_people_email_folded ON people (email_folded);
CREATE INDEX ix_people_id_folded ON people (id_folded);
CREATE INDEX ix_people_slack_folded ON people (slack_folded);
CREATE UNIQUE INDEX ux_people_slack_ref ON people (slack_ref);
CREATE UNIQUE INDEX ux_people_teams_folded ON people (teams_folded);
CREATE INDEX ix_conversations_changed ON conversations (changed_at);
CREATE INDEX ix_conversations_person ON conversations (person_ref) WHERE kind = 'personal';
CREATE INDEX ix_conversations_team ON conversations (team_ref);
CREATE TRIGGER timeline_UPDATE BEFORE UPDATE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER timeline_DELETE BEFORE DELETE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
