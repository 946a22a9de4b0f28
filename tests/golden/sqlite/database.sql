BEGIN TRANSACTION;
CREATE TABLE accounts (
	id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	balance_minor BIGINT DEFAULT 0 NOT NULL, 
	threshold_minor BIGINT, 
	alert_card TEXT, 
	country TEXT, 
	created_at BIGINT NOT NULL, overdraft_minor BIGINT, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT ck_accounts_mode CHECK (mode IN ('sandbox', 'live')), 
	CONSTRAINT ck_accounts_currency CHECK (length(currency) = 3), 
	CONSTRAINT ck_accounts_threshold CHECK (threshold_minor >= 0)
);
INSERT INTO "accounts" VALUES('team-a','Team Alpha','USD','sandbox',4508,NULL,NULL,NULL,1795435200000000,NULL);
INSERT INTO "accounts" VALUES('live-a','Team Ä ✓','EUR','live',0,NULL,NULL,'DE',1795435200000000,NULL);
INSERT INTO "accounts" VALUES('yen','円','JPY','sandbox',0,NULL,NULL,NULL,1795435200000000,500);
INSERT INTO "accounts" VALUES('team-b','Team Beta','USD','sandbox',-100,1000,'4e3a4739606dee18',NULL,1795435200000000,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0015');
CREATE TABLE attempts (
	id TEXT NOT NULL, 
	top_up TEXT NOT NULL, 
	revision BIGINT NOT NULL, 
	gateway TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	checkout_ref TEXT, 
	url TEXT, refused TEXT, closed_at BIGINT, unread TEXT, asked_at BIGINT, answered_at BIGINT, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_top_up FOREIGN KEY(top_up) REFERENCES top_ups (id), 
	CONSTRAINT uq_attempts_top_up_revision UNIQUE (top_up, revision)
);
INSERT INTO "attempts" VALUES('f3e18310de4309f2589be620a1809b3b','TU-W56VWS9S',1,'sandbox',1795435200000000,'cs_fbd38d3a9147164546b5','http://bot.test/sandbox/checkout/cs_fbd38d3a9147164546b5',NULL,NULL,NULL,1795435260000000,1795435260000000);
INSERT INTO "attempts" VALUES('90a45050d62a4931665a2a4bdaf8158f','TU-WX3FMG4X',1,'sandbox',1795435380000000,'cs_1aba454c312cef01a735','http://bot.test/sandbox/checkout/cs_1aba454c312cef01a735',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('e13f4c05e63e222574d0fe68ae3db3a7','TU-9RZ802D0',1,'sandbox',1795435380000000,'cs_1b0425adbe252ec216f9','http://bot.test/sandbox/checkout/cs_1b0425adbe252ec216f9',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000001','TU-G0LD0001',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000002','TU-G0LD0002',1,'sandbox',1795435380000000,NULL,NULL,'no such method',NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000003','TU-G0LD0003',1,'sandbox',1795435380000000,NULL,NULL,NULL,1795435380000000,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000004','TU-G0LD0004',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,'a status of next year',NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000005','TU-G0LD0005',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,NULL,1795435380000000,1795435380000000);
INSERT INTO "attempts" VALUES('00000000000000000000000000000006','TU-G0LD0006',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000007','TU-G0LD0007',1,'sandbox',1795435380000000,NULL,NULL,'no such method',NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000008','TU-G0LD0008',1,'sandbox',1795435380000000,NULL,NULL,NULL,1795435380000000,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('00000000000000000000000000000009','TU-G0LD0009',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,'a status of next year',NULL,NULL);
INSERT INTO "attempts" VALUES('0000000000000000000000000000000a','TU-G0LD0010',1,'sandbox',1795435380000000,NULL,NULL,NULL,NULL,NULL,1795435380000000,1795435380000000);
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	act TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail JSON NOT NULL
);
INSERT INTO "audit" VALUES(1,1795435200000000,'person-20ce3bfced5573f5','top_up_opened','TU-W56VWS9S','{"account": "team-a", "amount_minor": 5000, "currency": "USD", "status": "awaiting_payment"}');
INSERT INTO "audit" VALUES(2,1795435200000000,'gateway:sandbox','payment_applied','sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5','{"top_up": "TU-W56VWS9S", "amount_minor": 5075, "currency": "USD", "held_because": null}');
INSERT INTO "audit" VALUES(3,1795435200000000,'gateway:sandbox','top_up_credited','TU-W56VWS9S','{"account": "team-a", "amount_minor": 5000, "currency": "USD", "status": "credited"}');
INSERT INTO "audit" VALUES(4,1795435380000000,'person-20ce3bfced5573f5','top_up_opened','TU-WX3FMG4X','{"account": "team-a", "amount_minor": 7000, "currency": "USD", "status": "awaiting_payment"}');
INSERT INTO "audit" VALUES(5,1795435380000000,'gateway:sandbox','top_up_processing','TU-WX3FMG4X','{"account": "team-a", "amount_minor": 7000, "currency": "USD", "status": "processing"}');
INSERT INTO "audit" VALUES(6,1795435380000000,'person-32a66387fe471a18','top_up_opened','TU-9RZ802D0','{"account": "team-a", "amount_minor": 2500, "currency": "USD", "status": "awaiting_payment"}');
INSERT INTO "audit" VALUES(7,1795435380000000,'person-b6d1f1ef9671b55d','top_up_opened','TU-4H2AANRM','{"account": "team-a", "amount_minor": 1500, "currency": "USD", "status": "awaiting_payment"}');
INSERT INTO "audit" VALUES(8,1795435380000000,'person-f45dc658be9ba7a7','top_up_opened','TU-111RP9CH','{"account": "team-a", "amount_minor": 3500, "currency": "USD", "status": "awaiting_payment"}');
INSERT INTO "audit" VALUES(9,1795435380000000,'operator','refund_ordered','sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5','{"order": "order-1", "amount_minor": 500, "currency": "USD", "reason": "asked for by mail"}');
INSERT INTO "audit" VALUES(10,1795435380000000,'gateway:sandbox','payment_reversed','sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5','{"top_up": "TU-W56VWS9S", "disposition": "applied", "refunded_minor": 500, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}');
INSERT INTO "audit" VALUES(11,1795435380000000,'operator','charged','team-a','{"amount_minor": 300, "currency": "USD", "reason": "usage", "transaction": "TX-000003", "key": "wrong"}');
INSERT INTO "audit" VALUES(12,1795435380000000,'operator','transaction_corrected','TX-000003','{"amount_minor": 300, "currency": "USD", "reason": "asked for", "transaction": "TX-000004"}');
INSERT INTO "audit" VALUES(13,1795435380000000,'operator','charged','team-b','{"amount_minor": 100, "currency": "USD", "reason": "usage", "transaction": "TX-000005", "key": "month-1"}');
INSERT INTO "audit" VALUES(14,1795435380000000,'operator','account_added','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(15,1795435380000000,'operator','account_changed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(16,1795435380000000,'operator','account_linked','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(17,1795435380000000,'operator','account_opened','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(18,1795435380000000,'operator','account_unlinked','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(19,1795435380000000,'operator','app_installed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(20,1795435380000000,'operator','app_uninstalled','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(21,1795435380000000,'operator','backup_begun','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(22,1795435380000000,'operator','charged','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(23,1795435380000000,'operator','database_restored','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(24,1795435380000000,'operator','held_credited','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(25,1795435380000000,'operator','installation_confirmed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(26,1795435380000000,'operator','installation_renewed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(27,1795435380000000,'operator','mark_adopted','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(28,1795435380000000,'operator','mark_renewed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(29,1795435380000000,'operator','overdraft_set','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(30,1795435380000000,'operator','payment_applied','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(31,1795435380000000,'operator','payment_held','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(32,1795435380000000,'operator','payment_reversed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(33,1795435380000000,'operator','person_erased','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(34,1795435380000000,'operator','reconcile_asked','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(35,1795435380000000,'operator','refund_ordered','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(36,1795435380000000,'operator','refund_refused','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(37,1795435380000000,'operator','task_closed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(38,1795435380000000,'operator','top_up_awaiting_payment','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(39,1795435380000000,'operator','top_up_cancelled','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(40,1795435380000000,'operator','top_up_credited','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(41,1795435380000000,'operator','top_up_disputed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(42,1795435380000000,'operator','top_up_expired','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(43,1795435380000000,'operator','top_up_failed','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(44,1795435380000000,'operator','top_up_handed_over','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(45,1795435380000000,'operator','top_up_opened','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(46,1795435380000000,'operator','top_up_paid','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(47,1795435380000000,'operator','top_up_partly_refunded','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(48,1795435380000000,'operator','top_up_processing','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(49,1795435380000000,'operator','top_up_refunded','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(50,1795435380000000,'operator','top_up_refused','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(51,1795435380000000,'operator','transaction_corrected','golden','{"amount_minor": 1, "why": "\u00e4 \u2713"}');
INSERT INTO "audit" VALUES(52,1795435380000000,'operator','refund_ordered','sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5','{"order": "golden-order", "amount_minor": 200, "currency": "USD", "reason": "asked for by mail"}');
CREATE TABLE audit_seals (
	audit_id BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_audit_seals PRIMARY KEY (audit_id), 
	CONSTRAINT ck_audit_seals_hash CHECK (length(hash) = 64)
);
INSERT INTO "audit_seals" VALUES(1,'d917bdf14957dec22f97976ef9c82f5172788ee1ac2ad4ec7b880df9cd99a91d');
INSERT INTO "audit_seals" VALUES(2,'d47d92c3bea164128380a8ea767bc8038e73bdf6309b14c4480b7c696f8a14e5');
INSERT INTO "audit_seals" VALUES(3,'fb2222efab82e1910df7cfa201058809d6a1cfffedecb4ea9a339c9cf8efd958');
CREATE TABLE buckets (
	name TEXT NOT NULL, 
	sent JSON NOT NULL, 
	closed_until BIGINT, 
	turn_at BIGINT, 
	idle_at BIGINT NOT NULL, 
	CONSTRAINT pk_buckets PRIMARY KEY (name)
);
INSERT INTO "buckets" VALUES('pocket|T1||dm-ana','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('pocket|T1||dm-ben','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('pocket|T1||dm-eve','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('pocket|T1||dm-dora','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('telegram|4242||77','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('slack|T1||U1','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('slack|T1||home:U1','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('slack|T1||C1','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('telegram|4242||-1001','[1795435380000000]',NULL,NULL,1795438980000000);
INSERT INTO "buckets" VALUES('slack|T1|U1','[1795435380000000, 1795435380000000]',1795435385000000,1795435385000000,1795438985000000);
CREATE TABLE cards (
	position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	person TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	subject TEXT, 
	wanted_view TEXT NOT NULL, 
	wanted_rev BIGINT NOT NULL, 
	shown_rev BIGINT DEFAULT 0 NOT NULL, 
	given_up_rev BIGINT DEFAULT 0 NOT NULL, 
	message_chat TEXT, 
	message_id TEXT, 
	tries BIGINT DEFAULT 0 NOT NULL, 
	error TEXT, refused TEXT, dismissed TEXT, noted_at BIGINT, 
	CONSTRAINT ck_cards_message CHECK ((message_chat IS NULL) = (message_id IS NULL)), 
	CONSTRAINT ck_cards_given_up CHECK (given_up_rev BETWEEN 0 AND wanted_rev), 
	CONSTRAINT ck_cards_shown CHECK (shown_rev BETWEEN 0 AND wanted_rev), 
	CONSTRAINT ck_cards_wanted CHECK (wanted_rev >= 1), 
	CONSTRAINT uq_cards_id UNIQUE (id)
);
INSERT INTO "cards" VALUES(1,'e4c8008c0df984f0','pocket','T1','dm-ana','ana','en','UTC','TU-W56VWS9S','{"title":"↩️ Partly refunded","fallback":"↩️ Partly refunded. Top-up TU-W56VWS9S: $50.00 to ⁨Team Alpha⁩. Part of the payment was sent back to the payer, and ⁨Team Alpha⁩ was debited for it. Fee: $0.75; Paid: $50.75; Method: Card; Sent back: $5.00; New balance: $45.08; Payment: pay_fbd38d3a9147164546b5; Transaction: TX-000001.","body":["Part of the payment was sent back to the payer, and ⁨Team Alpha⁩ was debited for it."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$50.00","code":false},{"label":"Fee","value":"$0.75","code":false},{"label":"Paid","value":"$50.75","code":false},{"label":"Method","value":"Card","code":false},{"label":"Sent back","value":"$5.00","code":false},{"label":"New balance","value":"$45.08","code":false},{"label":"Top-up","value":"TU-W56VWS9S","code":true},{"label":"Payment","value":"pay_fbd38d3a9147164546b5","code":true},{"label":"Transaction","value":"TX-000001","code":true}],"choices":[[{"label":"Copy top-up id","action":{"text":"TU-W56VWS9S","kind":"copy_text"},"style":"plain","confirm":null,"deny":null},{"label":"Copy payment id","action":{"text":"pay_fbd38d3a9147164546b5","kind":"copy_text"},"style":"plain","confirm":null,"deny":null}]],"hint":"","picture":null,"away":false}',4,4,0,'dm-ana','1',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(4,'e6699e1d892ea9a6','pocket','T1','dm-ana','ana','en','UTC','TU-WX3FMG4X','{"title":"🏦 Bank transfer pending","fallback":"🏦 Bank transfer pending. Top-up TU-WX3FMG4X: $70.00 to ⁨Team Alpha⁩. The money is on its way and not credited yet. This card will tell. Fee: none; Payment: pay_1aba454c312cef01a735.","body":["The money is on its way and not credited yet. This card will tell."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$70.00","code":false},{"label":"Fee","value":"none","code":false},{"label":"Total to pay","value":"$70.00","code":false},{"label":"Method","value":"Bank transfer","code":false},{"label":"Top-up","value":"TU-WX3FMG4X","code":true},{"label":"Payment","value":"pay_1aba454c312cef01a735","code":true}],"choices":[[{"label":"I have paid","action":{"top_up":"TU-WX3FMG4X","kind":"check_payment"},"style":"plain","confirm":null,"deny":null}],[{"label":"Copy for support","action":{"text":"TU-WX3FMG4X\npay_1aba454c312cef01a735\n2026-11-23 12:03 UTC\nbilling@example.com","kind":"copy_text"},"style":"plain","confirm":null,"deny":null}]],"hint":"","picture":null,"away":false}',3,3,0,'dm-ana','2',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(8,'84853985438fec87','pocket','T1','dm-ben','ben','en','UTC','TU-9RZ802D0','{"title":"⏳ Waiting for payment","fallback":"⏳ Waiting for payment. Top-up TU-9RZ802D0: $25.00 to ⁨Team Alpha⁩. Pay on the payment page. This card tells when the payment has arrived. Fee: $0.38; Total to pay: $25.38; Method: Card; Pay by: Nov 23, 2026, 1:03 PM UTC; Code on the pay page: 50N7.","body":["Pay on the payment page. This card tells when the payment has arrived."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$25.00","code":false},{"label":"Fee","value":"$0.38","code":false},{"label":"Total to pay","value":"$25.38","code":false},{"label":"Method","value":"Card","code":false},{"label":"Pay by","value":"Nov 23, 2026, 1:03 PM UTC","code":false},{"label":"Code on the pay page","value":"50N7","code":true},{"label":"Top-up","value":"TU-9RZ802D0","code":true}],"choices":[[{"label":"Pay $25.38","action":{"top_up":"TU-9RZ802D0","revision":1,"kind":"open_pay_page"},"style":"primary","confirm":null,"deny":null}],[{"label":"I have paid","action":{"top_up":"TU-9RZ802D0","kind":"check_payment"},"style":"plain","confirm":null,"deny":null},{"label":"Show QR code","action":{"top_up":"TU-9RZ802D0","kind":"show_pay_code"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel this top-up","action":{"top_up":"TU-9RZ802D0","kind":"cancel_top_up"},"style":"danger","confirm":"The pay link stops working. Money that is already on its way is still credited.","deny":"Keep it"}]],"hint":"","picture":null,"away":false}',2,2,0,'dm-ben','3',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(10,'134cc1d5b40f0e48','pocket','T1','dm-eve','eve','en','UTC','TU-4H2AANRM','{"title":"⏳ Waiting for payment","fallback":"⏳ Waiting for payment. Top-up TU-4H2AANRM: $15.00 to ⁨Team Alpha⁩. Pay on the payment page. This card tells when the payment has arrived. Fee: $0.23; Total to pay: $15.23; Method: Card; Pay by: Nov 23, 2026, 1:03 PM UTC; Code on the pay page: RNTQ.","body":["Pay on the payment page. This card tells when the payment has arrived."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$15.00","code":false},{"label":"Fee","value":"$0.23","code":false},{"label":"Total to pay","value":"$15.23","code":false},{"label":"Method","value":"Card","code":false},{"label":"Pay by","value":"Nov 23, 2026, 1:03 PM UTC","code":false},{"label":"Code on the pay page","value":"RNTQ","code":true},{"label":"Top-up","value":"TU-4H2AANRM","code":true}],"choices":[[{"label":"Pay $15.23","action":{"top_up":"TU-4H2AANRM","revision":1,"kind":"open_pay_page"},"style":"primary","confirm":null,"deny":null}],[{"label":"I have paid","action":{"top_up":"TU-4H2AANRM","kind":"check_payment"},"style":"plain","confirm":null,"deny":null},{"label":"Show QR code","action":{"top_up":"TU-4H2AANRM","kind":"show_pay_code"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel this top-up","action":{"top_up":"TU-4H2AANRM","kind":"cancel_top_up"},"style":"danger","confirm":"The pay link stops working. Money that is already on its way is still credited.","deny":"Keep it"}]],"hint":"","picture":null,"away":false}',2,2,0,'dm-eve','4',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(12,'fce7a23d4549c59e','pocket','T1','dm-dora','dora','en','UTC','TU-111RP9CH','{"title":"⏳ Waiting for payment","fallback":"⏳ Waiting for payment. Top-up TU-111RP9CH: $35.00 to ⁨Team Alpha⁩. Pay on the payment page. This card tells when the payment has arrived. Fee: $0.53; Total to pay: $35.53; Method: Card; Pay by: Nov 23, 2026, 1:03 PM UTC; Code on the pay page: 79JA.","body":["Pay on the payment page. This card tells when the payment has arrived."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$35.00","code":false},{"label":"Fee","value":"$0.53","code":false},{"label":"Total to pay","value":"$35.53","code":false},{"label":"Method","value":"Card","code":false},{"label":"Pay by","value":"Nov 23, 2026, 1:03 PM UTC","code":false},{"label":"Code on the pay page","value":"79JA","code":true},{"label":"Top-up","value":"TU-111RP9CH","code":true}],"choices":[[{"label":"Pay $35.53","action":{"top_up":"TU-111RP9CH","revision":1,"kind":"open_pay_page"},"style":"primary","confirm":null,"deny":null}],[{"label":"I have paid","action":{"top_up":"TU-111RP9CH","kind":"check_payment"},"style":"plain","confirm":null,"deny":null},{"label":"Show QR code","action":{"top_up":"TU-111RP9CH","kind":"show_pay_code"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel this top-up","action":{"top_up":"TU-111RP9CH","kind":"cancel_top_up"},"style":"danger","confirm":"The pay link stops working. Money that is already on its way is still credited.","deny":"Keep it"}]],"hint":"","picture":null,"away":false}',2,2,0,'dm-dora','5',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(14,'62b0ee5c4f34075d','telegram','4242','77','77','pt-br','UTC',NULL,'{"title":"🔎 Review your top-up","fallback":"🔎 Review your top-up. Nothing is charged until you pay on the payment page. The pay link will work for 60 minutes. Account: ⁨Team Alpha⁩; Amount: US$ 30,00; Method: Card; Fee: US$ 0,45; Total to pay: US$ 30,45.","body":["Nothing is charged until you pay on the payment page."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"US$ 30,00","code":false},{"label":"Method","value":"Card","code":false},{"label":"Fee","value":"US$ 0,45","code":false},{"label":"Total to pay","value":"US$ 30,45","code":false}],"choices":[[{"label":"Confirm US$ 30,45","action":{"kind":"confirm"},"style":"primary","confirm":null,"deny":null}],[{"label":"Change amount","action":{"slot":"amount","typed":false,"kind":"ask"},"style":"plain","confirm":null,"deny":null},{"label":"Change method","action":{"slot":"method","typed":false,"kind":"ask"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel","action":{"kind":"drop_draft"},"style":"danger","confirm":null,"deny":null}]],"hint":"The pay link will work for 60 minutes.","picture":null,"away":false}',1,1,0,'77','1',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(15,'c69771669dce67b7','slack','T1','U1','U1','en','UTC',NULL,'{"title":"🔎 Review your top-up","fallback":"🔎 Review your top-up. Nothing is charged until you pay on the payment page. The pay link will work for 60 minutes. Account: ⁨Team Alpha⁩; Amount: $40.00; Method: Card; Fee: $0.60; Total to pay: $40.60.","body":["Nothing is charged until you pay on the payment page."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false},{"label":"Amount","value":"$40.00","code":false},{"label":"Method","value":"Card","code":false},{"label":"Fee","value":"$0.60","code":false},{"label":"Total to pay","value":"$40.60","code":false}],"choices":[[{"label":"Confirm $40.60","action":{"kind":"confirm"},"style":"primary","confirm":null,"deny":null}],[{"label":"Change amount","action":{"slot":"amount","typed":false,"kind":"ask"},"style":"plain","confirm":null,"deny":null},{"label":"Change method","action":{"slot":"method","typed":false,"kind":"ask"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel","action":{"kind":"drop_draft"},"style":"danger","confirm":null,"deny":null}]],"hint":"The pay link will work for 60 minutes.","picture":null,"away":false}',1,1,0,'D1','1700000000.000001',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(16,'2d556cb245dcb64e','pocket','T1','dm-ana','ana','en','UTC',NULL,'{"title":"➕ Top up: how much?","fallback":"➕ Top up: how much? I do not know “⁨new⁩”. You can type an amount, an account (⁨Team Alpha⁩) and a method (card, bank). Press an amount, or type one from $5.00 to $2,000.00.","body":["I do not know “⁨new⁩”. You can type an amount, an account (⁨Team Alpha⁩) and a method (card, bank)."],"rows":[{"label":"Account","value":"⁨Team Alpha⁩","code":false}],"choices":[[{"label":"$70.00","action":{"slot":"amount","value":"7000","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null},{"label":"$10.00","action":{"slot":"amount","value":"1000","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null},{"label":"$25.00","action":{"slot":"amount","value":"2500","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null}],[{"label":"$50.00","action":{"slot":"amount","value":"5000","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null},{"label":"$100.00","action":{"slot":"amount","value":"10000","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null},{"label":"$250.00","action":{"slot":"amount","value":"25000","currency":"USD","kind":"pick"},"style":"plain","confirm":null,"deny":null}],[{"label":"Type another amount","action":{"slot":"amount","typed":true,"kind":"ask"},"style":"plain","confirm":null,"deny":null}],[{"label":"Cancel","action":{"kind":"drop_draft"},"style":"danger","confirm":null,"deny":null}]],"hint":"Press an amount, or type one from $5.00 to $2,000.00.","picture":null,"away":false}',1,1,0,'dm-ana','6',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(17,'33eddc3af838a4eb','slack','T1','home:U1','U1','en','UTC',NULL,'{"title":"💳 Your prepaid accounts","fallback":"💳 Your prepaid accounts. As of 12:03 PM UTC. ⁨Team Alpha⁩: $50.00; 📋 Open top-ups: none; 🧾 What happened last: the newest 1; TX-000001: $50.00 to ⁨Team Alpha⁩, topped up, Nov 23, 2026.","body":[],"rows":[{"label":"⁨Team Alpha⁩","value":"$50.00","code":false},{"label":"📋 Open top-ups","value":"none","code":false},{"label":"🧾 What happened last","value":"the newest 1","code":false},{"label":"TX-000001","value":"$50.00 to ⁨Team Alpha⁩, topped up, Nov 23, 2026","code":false}],"choices":[[{"label":"Top up","action":{"words":"","kind":"start_new"},"style":"primary","confirm":null,"deny":null}]],"hint":"As of 12:03 PM UTC.","picture":null,"away":false}',1,1,0,'home:U1','VU1',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(18,'28c0a43b8c023b90','pocket','T1','dm-ana','ana','en','UTC','TU-W56VWS9S','{"title":"↩️ A top-up of $50.00 to ⁨Team Alpha⁩ was partly refunded","fallback":"↩️ A top-up of $50.00 to ⁨Team Alpha⁩ was partly refunded. Sent back: $5.00; New balance: $45.08; Top-up: TU-W56VWS9S; Payment: pay_fbd38d3a9147164546b5; Transaction: TX-000002.","body":[],"rows":[{"label":"Sent back","value":"$5.00","code":false},{"label":"New balance","value":"$45.08","code":false},{"label":"Top-up","value":"TU-W56VWS9S","code":true},{"label":"Payment","value":"pay_fbd38d3a9147164546b5","code":true},{"label":"Transaction","value":"TX-000002","code":true}],"choices":[],"hint":"","picture":null,"away":false}',1,1,0,'dm-ana','7',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(20,'d5f9a5dd51460eef','slack','T1','C1','','en','UTC','team-b','{"title":"🔻 Low balance: ⁨Team Beta⁩","fallback":"🔻 Low balance: ⁨Team Beta⁩. ⁨Team Beta⁩ is overdrawn by $1.00. You asked to be told below $10.00.","body":["⁨Team Beta⁩ is overdrawn by $1.00. You asked to be told below $10.00."],"rows":[{"label":"Balance","value":"overdrawn by $1.00","code":false},{"label":"Alert below","value":"$10.00","code":false}],"choices":[[{"label":"Top up","action":{"account":"team-b","kind":"top_up_account"},"style":"primary","confirm":null,"deny":null}]],"hint":"","picture":null,"away":false}',1,1,0,'C1','1700000000.000002',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(21,'91fc8d44d7c3ee40','telegram','4242','-1001','','en','UTC','team-b','{"title":"🔻 Low balance: ⁨Team Beta⁩","fallback":"🔻 Low balance: ⁨Team Beta⁩. ⁨Team Beta⁩ is overdrawn by $1.00. You asked to be told below $10.00.","body":["⁨Team Beta⁩ is overdrawn by $1.00. You asked to be told below $10.00."],"rows":[{"label":"Balance","value":"overdrawn by $1.00","code":false},{"label":"Alert below","value":"$10.00","code":false}],"choices":[[{"label":"Top up","action":{"account":"team-b","kind":"top_up_account"},"style":"primary","confirm":null,"deny":null}]],"hint":"","picture":null,"away":false}',1,1,0,'-1001','2',0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(22,'0000000000000001','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0001','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(23,'0000000000000002','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0002','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(24,'0000000000000003','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0003','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(25,'0000000000000004','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0004','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(26,'0000000000000005','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0005','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(27,'0000000000000006','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0006','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(28,'0000000000000007','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0007','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(29,'0000000000000008','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0008','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(30,'0000000000000009','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0009','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(31,'000000000000000a','pocket','T1','dm-golden','golden','de','Europe/Berlin','TU-G0LD0010','{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(32,'0000000000000a00','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","value":"TU-G0LD0001","currency":"USD","kind":"pick"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(33,'0000000000000a01','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","value":"TU-G0LD0001","currency":"USD","kind":"pick"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(34,'0000000000000a02','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","value":"TU-G0LD0001","currency":"USD","kind":"pick"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(35,'0000000000000a03','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","typed":true,"kind":"ask"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(36,'0000000000000a04','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","typed":true,"kind":"ask"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(37,'0000000000000a05','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"slot":"method","typed":true,"kind":"ask"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(38,'0000000000000a06','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"change"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(39,'0000000000000a07','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"change"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(40,'0000000000000a08','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"change"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(41,'0000000000000a09','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"confirm"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(42,'0000000000000a0a','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"confirm"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(43,'0000000000000a0b','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"confirm"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(44,'0000000000000a0c','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"drop_draft"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(45,'0000000000000a0d','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"drop_draft"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(46,'0000000000000a0e','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"drop_draft"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(47,'0000000000000a0f','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"resume"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(48,'0000000000000a10','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"resume"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(49,'0000000000000a11','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"kind":"resume"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(50,'0000000000000a12','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"start_new"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(51,'0000000000000a13','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"start_new"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(52,'0000000000000a14','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"start_new"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(53,'0000000000000a15','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"account":"TU-G0LD0001","kind":"top_up_account"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(54,'0000000000000a16','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"account":"TU-G0LD0001","kind":"top_up_account"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(55,'0000000000000a17','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"account":"TU-G0LD0001","kind":"top_up_account"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(56,'0000000000000a18','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","revision":7,"kind":"open_pay_page"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(57,'0000000000000a19','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","revision":7,"kind":"open_pay_page"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(58,'0000000000000a1a','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","revision":7,"kind":"open_pay_page"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(59,'0000000000000a1b','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"check_payment"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(60,'0000000000000a1c','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"check_payment"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(61,'0000000000000a1d','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"check_payment"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(62,'0000000000000a1e','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"cancel_top_up"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(63,'0000000000000a1f','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"cancel_top_up"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(64,'0000000000000a20','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"cancel_top_up"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(65,'0000000000000a21','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_top_up"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(66,'0000000000000a22','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_top_up"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(67,'0000000000000a23','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_top_up"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(68,'0000000000000a24','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_pay_code"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(69,'0000000000000a25','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_pay_code"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(70,'0000000000000a26','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"top_up":"TU-G0LD0001","kind":"show_pay_code"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(71,'0000000000000a27','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"topic":"status","kind":"ask_topic"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(72,'0000000000000a28','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"topic":"status","kind":"ask_topic"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(73,'0000000000000a29','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"topic":"status","kind":"ask_topic"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(74,'0000000000000a2a','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"say_here"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(75,'0000000000000a2b','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"say_here"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(76,'0000000000000a2c','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"words":"TU-G0LD0001","kind":"say_here"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(77,'0000000000000a2d','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"text":"TU-G0LD0001","kind":"copy_text"},"style":"plain","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(78,'0000000000000a2e','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"text":"TU-G0LD0001","kind":"copy_text"},"style":"primary","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(79,'0000000000000a2f','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Do it","action":{"text":"TU-G0LD0001","kind":"copy_text"},"style":"danger","confirm":"Really?","deny":"No"}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(80,'0000000000000a80','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Ask","action":{"topic":"balance","kind":"ask_topic"},"style":"plain","confirm":null,"deny":null}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(81,'0000000000000a81','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Ask","action":{"topic":"history","kind":"ask_topic"},"style":"plain","confirm":null,"deny":null}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(82,'0000000000000a82','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Ask","action":{"topic":"status","kind":"ask_topic"},"style":"plain","confirm":null,"deny":null}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(83,'0000000000000a83','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Ask","action":{"topic":"cancel","kind":"ask_topic"},"style":"plain","confirm":null,"deny":null}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(84,'0000000000000a84','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[[{"label":"Ask","action":{"topic":"help","kind":"ask_topic"},"style":"plain","confirm":null,"deny":null}]],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(85,'0000000000000b00','pocket','T1','dm-golden','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":{"top_up":"TU-G0LD0001","revision":1,"alt":"a code"},"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(86,'0000000000000c00','pocket','T1','dm-unclear','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is unclear','unclear',NULL,NULL);
INSERT INTO "cards" VALUES(87,'0000000000000d00','pocket','T1','dm-unclear','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is unclear','unclear',NULL,NULL);
INSERT INTO "cards" VALUES(88,'0000000000000c01','pocket','T1','dm-outage','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is outage','outage',NULL,NULL);
INSERT INTO "cards" VALUES(89,'0000000000000d01','pocket','T1','dm-outage','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is outage','outage',NULL,NULL);
INSERT INTO "cards" VALUES(90,'0000000000000c02','pocket','T1','dm-shut_out','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is shut_out','shut_out',NULL,NULL);
INSERT INTO "cards" VALUES(91,'0000000000000d02','pocket','T1','dm-shut_out','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is shut_out','shut_out',NULL,NULL);
INSERT INTO "cards" VALUES(92,'0000000000000c03','pocket','T1','dm-lost','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is lost','lost',NULL,NULL);
INSERT INTO "cards" VALUES(93,'0000000000000d03','pocket','T1','dm-lost','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is lost','lost',NULL,NULL);
INSERT INTO "cards" VALUES(94,'0000000000000c04','pocket','T1','dm-gone','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is gone','gone','gone',NULL);
INSERT INTO "cards" VALUES(95,'0000000000000d04','pocket','T1','dm-gone','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is gone','gone','gone',NULL);
INSERT INTO "cards" VALUES(96,'0000000000000c05','pocket','T1','dm-hopeless','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,1,'it is hopeless','hopeless',NULL,NULL);
INSERT INTO "cards" VALUES(97,'0000000000000d05','pocket','T1','dm-hopeless','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,1,NULL,NULL,1,'it is hopeless','hopeless',NULL,NULL);
INSERT INTO "cards" VALUES(98,'0000000000000e00','slack','T1','U1','U1','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
INSERT INTO "cards" VALUES(99,'0000000000000e01','telegram','4242','77','golden','de','Europe/Berlin',NULL,'{"title":"⏳ Title","fallback":"All of it.","body":["A sentence."],"rows":[{"label":"Account","value":"⁨Team Ä⁩","code":false},{"label":"Id","value":"TU-1","code":true}],"choices":[],"hint":"A hint.","picture":null,"away":false}',1,0,0,NULL,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE conversations (
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	person TEXT NOT NULL, 
	state TEXT NOT NULL, 
	touched_at BIGINT NOT NULL, 
	locale TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	CONSTRAINT pk_conversations PRIMARY KEY (platform, tenant, chat, person)
);
INSERT INTO "conversations" VALUES('pocket','T1','dm-ana','ana','{"draft": {"id": "2d556cb245dcb64e", "account": "team-a", "amount": null, "currency": "USD", "method": null, "amount_text": null, "origin": null}, "slot": "amount", "card": "2d556cb245dcb64e", "kind": "asking"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-ben','ben','{"kind": "idle", "made_by": "84853985438fec87 1 0"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-eve','eve','{"kind": "idle", "made_by": "134cc1d5b40f0e48 1 0"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-dora','dora','{"kind": "idle", "made_by": "fce7a23d4549c59e 1 0"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('telegram','4242','77','77','{"draft": {"id": "62b0ee5c4f34075d", "account": "team-a", "amount": {"minor": 3000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": null, "origin": null}, "card": "62b0ee5c4f34075d", "kind": "reviewing"}',1795435380000000,'pt-br','UTC');
INSERT INTO "conversations" VALUES('slack','T1','U1','U1','{"draft": {"id": "c69771669dce67b7", "account": "team-a", "amount": {"minor": 4000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": null, "origin": null}, "card": "c69771669dce67b7", "kind": "reviewing"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('slack','T1','U2','U2','{"draft": {"id": "7f5dddacc52e185e", "account": null, "amount": null, "currency": null, "method": null, "amount_text": null, "origin": null}, "slot": "account", "card": null, "kind": "asking"}',1795435380000000,'en','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-0','0','{"kind": "idle", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-1','1','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "card": "bbbbbbbbbbbbbbbb", "kind": "reviewing", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-2','2','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "account", "card": null, "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-3','3','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "account", "card": "cccccccccccccccc", "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-4','4','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "amount", "card": null, "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-5','5','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "amount", "card": "cccccccccccccccc", "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-6','6','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "currency", "card": null, "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-7','7','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "currency", "card": "cccccccccccccccc", "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-8','8','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "method", "card": null, "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
INSERT INTO "conversations" VALUES('pocket','T1','dm-9','9','{"draft": {"id": "00000000000000d0", "account": "team-a", "amount": {"minor": 5000, "currency": "USD"}, "currency": "USD", "method": "card", "amount_text": "50", "origin": "aaaaaaaaaaaaaaaa"}, "slot": "method", "card": "cccccccccccccccc", "kind": "asking", "made_by": "bbbbbbbbbbbbbbbb 1 0", "pointer": "dddddddddddddddd"}',1795435380000000,'de','UTC');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('fence',78);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	source TEXT NOT NULL, 
	sender_id TEXT NOT NULL, 
	lane TEXT NOT NULL, 
	body JSON NOT NULL, 
	received_at BIGINT NOT NULL, 
	tries BIGINT DEFAULT 0 NOT NULL, 
	error TEXT, 
	done_at BIGINT, 
	quarantined_at BIGINT, 
	CONSTRAINT uq_deliveries_source_sender_id UNIQUE (source, sender_id)
);
INSERT INTO "deliveries" VALUES(1,'pocket','d1','pocket:T1:ana','{"person": "ana", "text": "/topup 50 USD card"}',1795435200000000,0,NULL,1795435200000000,NULL);
INSERT INTO "deliveries" VALUES(2,'pocket','d2','pocket:T1:ana','{"person": "ana", "press": "5MgAjA35hPAAAQBKnw6cTjdURg"}',1795435200000000,0,NULL,1795435200000000,NULL);
INSERT INTO "deliveries" VALUES(3,'gateway:sandbox','a21053a0a16cae3453cdfb0f769087e67f44fa837bc7b22e9bb9346afa31b627:cs_fbd38d3a9147164546b5','sandbox|cs_fbd38d3a9147164546b5','{"checkout_ref": "cs_fbd38d3a9147164546b5", "event": "msg_1", "kind": "payment.paid", "digest": "a21053a0a16cae3453cdfb0f769087e67f44fa837bc7b22e9bb9346afa31b627"}',1795435200000000,0,NULL,1795435200000000,NULL);
INSERT INTO "deliveries" VALUES(4,'pocket','d3','pocket:T1:ana','{"person": "ana", "text": "/topup 70 USD bank_transfer"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(5,'pocket','d4','pocket:T1:ana','{"person": "ana", "press": "5mmeHYkuqaYAAQDjaCx43c3BoQ"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(6,'gateway:sandbox','edce7f19bb4ee06d6a51a74bfd5622f68c0abd959d5f3c179f4789937b07f95f:cs_1aba454c312cef01a735','sandbox|cs_1aba454c312cef01a735','{"checkout_ref": "cs_1aba454c312cef01a735", "event": "msg_1", "kind": "payment.paid", "digest": "edce7f19bb4ee06d6a51a74bfd5622f68c0abd959d5f3c179f4789937b07f95f"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(7,'pocket','d5','pocket:T1:ben','{"person": "ben", "text": "/topup 25 USD card"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(8,'pocket','d6','pocket:T1:ben','{"person": "ben", "press": "hIU5hUOP7IcAAQDMyyYl94bMMg"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(9,'pocket','d7','pocket:T1:eve','{"person": "eve", "text": "/topup 15 USD card"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(10,'pocket','d8','pocket:T1:eve','{"person": "eve", "press": "E0zB1bQPDkgAAQCoK6EAyRhH1w"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(11,'pocket','d9','pocket:T1:dora','{"person": "dora", "text": "/topup 35 USD card"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(12,'pocket','d10','pocket:T1:dora','{"person": "dora", "press": "_OeiPUVJxZ4AAQCk5IZFIj4nnw"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(13,'telegram','4242:101','telegram:4242:77','{"update_id": 101, "message": {"message_id": 101, "date": 1, "chat": {"id": 77, "type": "private"}, "from": {"id": 77, "is_bot": false, "first_name": "Ana", "language_code": "pt-br"}, "text": "/topup 30 USD card"}}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(14,'slack','f4f3b2d6506aa8c85c8fd9b371f71eab29a78fb9f15f1332b5e105579db60a99','slack:T1:U1','{"type": "command", "team": "T1", "user": "U1", "name": "ana", "text": "40 USD card", "standing": "member"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(15,'slack','65fe2b62a2d51f63655ae2ac4a0f4a21df64cb1fe2399760cb14bf34fb953927','slack:T1:U2','{"type": "command", "team": "T1", "user": "U2", "name": "ana", "text": "", "standing": "member"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(16,'pocket','d11','pocket:T1:ana','{"person": "ana", "text": "/topup new"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(17,'slack','EvHome1','slack:T1:U1','{"type": "home", "team": "T1", "user": "U1", "name": "ana", "standing": "member"}',1795435380000000,0,NULL,1795435380000000,NULL);
INSERT INTO "deliveries" VALUES(18,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590','slack:T1:U7','{"type": "command", "team": "T1", "user": "U7", "name": "gil", "text": "50 USD card"}',1795435380000000,1,'it broke',NULL,NULL);
INSERT INTO "deliveries" VALUES(19,'slack','Ev90','slack:T1:U7','{"type": "message", "team": "T1", "user": "U7", "name": "", "text": "50 eur"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(20,'slack','Ev56','slack:T1:U7','{"type": "home", "team": "T1", "user": "U7", "name": ""}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(21,'slack','5fa067c1e4cdd35a5916d6eab8a27fb0f32778ce1de6c013e44ac205822b6698','slack:T1:U7','{"type": "press", "team": "T1", "user": "U7", "name": "gil", "button": "RYvoNdFSWvsAAgGFOI5YiXzk0A"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(22,'slack','d64b9aeca5ff892d8bee19b7ba43dafd3b9d51ec24cc150fbb3152d5fc40d152','slack:T1:U7','{"type": "choice", "team": "T1", "user": "U7", "name": "gil", "draft": "00000000000000d0", "values": {"account": "team-a", "amount": "1,000.50", "currency": "USD", "method": "card"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(23,'slack','1d44b45c2708bc17cb3cd879a83b19c64d66bf73936f91fc9ad5410cb5016e94','slack:T1:U7','{"type": "form", "team": "T1", "user": "U7", "name": "gil", "draft": "00000000000000d0", "values": {"account": "team-a", "amount": "1,000.50", "currency": "USD", "method": "card"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(24,'slack','1e81bf048f2b3ca9f5765fe41db004e94c25c22dfcd58a798d29f97833296d81','slack:T1:U7','{"type": "form", "team": "T1", "user": "U7", "name": "gil", "draft": "00000000000000d0", "values": {"account": "team-a", "amount": "1,000.50", "currency": "USD", "method": "card"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(25,'slack','5a6891e0d8f6e05a369b2a258002af42c2ae10c39147692da0cead56d4349729','slack:T1:U7','{"type": "form", "team": "T1", "user": "U7", "name": "gil", "draft": "00000000000000d0", "values": {"account": "team-a", "amount": "1,000.50", "currency": "USD", "method": "card"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(26,'slack','11394bf7307f9e547fc2b8af08cd4adabb7550f5fae0f0d192b984958c59c7ea','slack:T1:U7','{"type": "shortcut", "team": "T1", "user": "U7", "name": "gil"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(27,'slack','cbcc2089e2e9234a1b3800dd05d06511d356404e85a23a4a8b4bec2fc3d65a38','slack:T1:U7','{"type": "about", "team": "T1", "user": "U7", "name": "gil", "card": "00000000000000a1"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(28,'slack','Ev27','slack:T9:','{"type": "uninstalled", "team": "T9", "user": "", "at": 1795000000.999999}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(29,'telegram','4242:201','telegram:4242:88','{"update_id": 201, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "50 eur"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(30,'telegram','4242:202','telegram:4242:88','{"update_id": 202, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/topup 50 USD card"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(31,'telegram','4242:203','telegram:4242:88','{"update_id": 203, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/balance"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(32,'telegram','4242:204','telegram:4242:88','{"update_id": 204, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/start"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(33,'telegram','4242:205','telegram:4242:88','{"update_id": 205, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/start p_RYvoNdFSWvsAAgGFOI5YiXzk0A"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(34,'telegram','4242:206','telegram:4242:88','{"update_id": 206, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "caption": "20 usd"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(35,'telegram','4242:207','telegram:4242:88','{"update_id": 207, "message": {"message_id": 9, "date": 1, "chat": {"id": -1001, "type": "supergroup"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/topup@topup_bot 20 USD"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(36,'telegram','4242:208','telegram:4242:88','{"update_id": 208, "message": {"message_id": 9, "date": 1, "chat": {"id": -1001, "type": "supergroup"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "text": "/topup", "message_thread_id": 5, "is_topic_message": true}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(37,'telegram','4242:209','telegram:4242:88','{"update_id": 209, "callback_query": {"id": "q209", "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "message": {"message_id": 9, "date": 1, "chat": {"id": 88, "type": "private"}}, "chat_instance": "1", "data": "RYvoNdFSWvsAAgGFOI5YiXzk0A"}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(38,'telegram','4242:210','telegram:4242:88','{"update_id": 210, "message": {"message_id": 9, "date": 1, "chat": {"id": -55, "type": "group"}, "from": {"id": 88, "is_bot": false, "first_name": "Hal", "language_code": "de"}, "migrate_to_chat_id": -1055}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(39,'telegram','4242:211','telegram:4242:88','{"update_id": 211, "my_chat_member": {"chat": {"id": 88, "type": "private"}, "old_chat_member": {"status": "kicked"}, "new_chat_member": {"status": "member"}}}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(40,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590:member','slack:T1:Umember','{"type": "command", "team": "T1", "user": "Umember", "name": "gil", "text": "50 USD card", "standing": "member", "locale": "de"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(41,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590:remembered','slack:T1:Uremembered','{"type": "command", "team": "T1", "user": "Uremembered", "name": "gil", "text": "50 USD card", "standing": "remembered", "locale": "de"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(42,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590:guest','slack:T1:Uguest','{"type": "command", "team": "T1", "user": "Uguest", "name": "gil", "text": "50 USD card", "standing": "guest", "locale": "de"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(43,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590:outsider','slack:T1:Uoutsider','{"type": "command", "team": "T1", "user": "Uoutsider", "name": "gil", "text": "50 USD card", "standing": "outsider", "locale": "de"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(44,'slack','77ac319bfe1979e2d799d9e6987e65feb54f61511c03552ebae990826c208590:unknown','slack:T1:Uunknown','{"type": "command", "team": "T1", "user": "Uunknown", "name": "gil", "text": "50 USD card", "standing": "unknown", "locale": "de"}',1795435380000000,0,NULL,NULL,NULL);
INSERT INTO "deliveries" VALUES(45,'gateway:sandbox','digest:cs_golden','sandbox|cs_golden','{"checkout_ref": "cs_golden", "event": "evt_1", "kind": "payment.paid", "digest": "0000000000000000000000000000000000000000000000000000000000000000"}',1795435380000000,0,'not one of ours',NULL,1795435380000000);
CREATE TABLE documents (
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	body JSON NOT NULL, noted_at BIGINT, 
	CONSTRAINT pk_documents PRIMARY KEY (kind, "key")
);
INSERT INTO "documents" VALUES('attempt','f3e18310de4309f2589be620a1809b3b','{"fingerprint": "58c9812fde2d9e18eedb3c377d196e1b9365ff81fa2157506e51cafe005e2d85", "id": "fbd38d3a9147164546b5"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_fbd38d3a9147164546b5','{"id": "cs_fbd38d3a9147164546b5", "payment": "pay_fbd38d3a9147164546b5", "reference": "TU-W56VWS9S", "description": "Top-up TU-W56VWS9S for Team Alpha", "amount_minor": 5075, "currency": "USD", "method": "card", "expires_at": "2026-11-23T13:00:00Z", "return_url": "http://bot.test/paid/VFUtVzU2VldTOVMuMe34dhcgu5uOMF8jQWj-6gM", "status": "paid", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": null, "callbacks": [{"id": "msg_cs_fbd38d3a9147164546b5_1", "type": "payment.paid", "due_at": "2026-11-23T12:03:05Z", "attempts": 2}, {"id": "msg_cs_fbd38d3a9147164546b5_2", "type": "payment.refunded", "due_at": "2026-11-23T12:03:01Z", "attempts": 1}], "taken_minor": null, "back": {"refunded_minor": 500, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [{"key": "order-1", "payment": "pay_fbd38d3a9147164546b5", "minor": 500}], "refunds_fail": false, "opened_at": "2026-11-23T12:00:00Z", "installation": "in_84c677828385229e"}',NULL);
INSERT INTO "documents" VALUES('attempt','90a45050d62a4931665a2a4bdaf8158f','{"fingerprint": "4ac4d5c5e7efdf72baa977a1cbc1b0b945b7fc932ed7ac15259792ea845206e5", "id": "1aba454c312cef01a735"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_1aba454c312cef01a735','{"id": "cs_1aba454c312cef01a735", "payment": "pay_1aba454c312cef01a735", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "processing", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [{"id": "msg_cs_1aba454c312cef01a735_1", "type": "payment.processing", "due_at": "2026-11-23T12:03:01Z", "attempts": 1}], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_84c677828385229e"}',NULL);
INSERT INTO "documents" VALUES('attempt','e13f4c05e63e222574d0fe68ae3db3a7','{"fingerprint": "342b7af37af312eddbc12ebeec3d6022479ed9e1ddbb220868113e256cfc0396", "id": "1b0425adbe252ec216f9"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_1b0425adbe252ec216f9','{"id": "cs_1b0425adbe252ec216f9", "payment": "pay_1b0425adbe252ec216f9", "reference": "TU-9RZ802D0", "description": "Top-up TU-9RZ802D0 for Team Alpha", "amount_minor": 2538, "currency": "USD", "method": "card", "expires_at": "2026-11-23T13:03:00Z", "return_url": "http://bot.test/paid/VFUtOVJaODAyRDAuMdFdSrtlY8SbfSiTTLIdong", "status": "open", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": null, "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_84c677828385229e"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_open_None','{"id": "cs_open_None", "payment": "pay_open_None", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "open", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_open_arrives','{"id": "cs_open_arrives", "payment": "pay_open_arrives", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "open", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_open_bounces','{"id": "cs_open_bounces", "payment": "pay_open_bounces", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "open", "last_decline": null, "in_3d_secure": false, "transfer": "bounces", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_processing_None','{"id": "cs_processing_None", "payment": "pay_processing_None", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "processing", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_processing_arrives','{"id": "cs_processing_arrives", "payment": "pay_processing_arrives", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "processing", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_processing_bounces','{"id": "cs_processing_bounces", "payment": "pay_processing_bounces", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "processing", "last_decline": null, "in_3d_secure": false, "transfer": "bounces", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_paid_None','{"id": "cs_paid_None", "payment": "pay_paid_None", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "paid", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_paid_arrives','{"id": "cs_paid_arrives", "payment": "pay_paid_arrives", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "paid", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_paid_bounces','{"id": "cs_paid_bounces", "payment": "pay_paid_bounces", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "paid", "last_decline": null, "in_3d_secure": false, "transfer": "bounces", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_failed_None','{"id": "cs_failed_None", "payment": "pay_failed_None", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "failed", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_failed_arrives','{"id": "cs_failed_arrives", "payment": "pay_failed_arrives", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "failed", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_failed_bounces','{"id": "cs_failed_bounces", "payment": "pay_failed_bounces", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "failed", "last_decline": null, "in_3d_secure": false, "transfer": "bounces", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_expired_None','{"id": "cs_expired_None", "payment": "pay_expired_None", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "expired", "last_decline": null, "in_3d_secure": false, "transfer": null, "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_expired_arrives','{"id": "cs_expired_arrives", "payment": "pay_expired_arrives", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "expired", "last_decline": null, "in_3d_secure": false, "transfer": "arrives", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
INSERT INTO "documents" VALUES('checkout','cs_expired_bounces','{"id": "cs_expired_bounces", "payment": "pay_expired_bounces", "reference": "TU-WX3FMG4X", "description": "Top-up TU-WX3FMG4X for Team Alpha", "amount_minor": 7000, "currency": "USD", "method": "bank_transfer", "expires_at": "2026-11-30T12:03:00Z", "return_url": "http://bot.test/paid/VFUtV1gzRk1HNFguMQn05qAinpaiBpfPLy6ix64", "status": "expired", "last_decline": null, "in_3d_secure": false, "transfer": "bounces", "settles_at": "2026-11-23T12:03:20Z", "callbacks": [], "taken_minor": null, "back": {"refunded_minor": 0, "refund_failed_minor": 0, "disputed_minor": 0, "dispute_won_minor": 0, "dispute_lost_minor": 0}, "second": null, "later": [], "refunds": [], "refunds_fail": false, "opened_at": "2026-11-23T12:03:00Z", "installation": "in_00000000000000ee"}',NULL);
CREATE TABLE lanes (
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	claimable_at BIGINT NOT NULL, 
	owner TEXT, 
	fence BIGINT DEFAULT 0 NOT NULL, 
	wanted_at BIGINT, 
	tries BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_lanes PRIMARY KEY (kind, "key"), 
	CONSTRAINT ck_lanes_wanted CHECK (owner IS NOT NULL OR wanted_at IS NULL)
);
INSERT INTO "lanes" VALUES('seal','audit',1795435390000000,NULL,13,NULL,4);
INSERT INTO "lanes" VALUES('retain','all',1795435385000000,'a bot that is gone',77,NULL,1);
INSERT INTO "lanes" VALUES('expire','TU-W56VWS9S',1795438800000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-W56VWS9S',1795438800000000,NULL,9,NULL,1);
INSERT INTO "lanes" VALUES('expire','TU-WX3FMG4X',1796040180000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-WX3FMG4X',1795435410000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-9RZ802D0',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-9RZ802D0',1795435410000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-4H2AANRM',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-111RP9CH',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('refund','golden-order',1795435385000000,'a bot that is gone',73,1795435385000000,0);
INSERT INTO "lanes" VALUES('turns','slack:T1:U7',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('turns','slack:T1:Uguest',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('turns','slack:T1:Umember',1795435385000000,'a bot that is gone',46,NULL,0);
INSERT INTO "lanes" VALUES('turns','slack:T1:Uoutsider',1795435385000000,'a bot that is gone',47,1795435385000000,0);
INSERT INTO "lanes" VALUES('turns','slack:T1:Uremembered',1795435385000000,NULL,48,NULL,3);
INSERT INTO "lanes" VALUES('turns','slack:T1:Uunknown',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('turns','slack:T9:',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('turns','telegram:4242:88',1795435385000000,'a bot that is gone',49,NULL,0);
INSERT INTO "lanes" VALUES('show:slack','slack|T1|U1',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('show:slack','slack|T1|C1',1795435385000000,'a bot that is gone',50,NULL,0);
INSERT INTO "lanes" VALUES('show:telegram','telegram|4242|77',1795435385000000,'a bot that is gone',51,NULL,0);
INSERT INTO "lanes" VALUES('show:telegram','telegram|4242|-1001',1795435385000000,'a bot that is gone',52,1795435385000000,0);
INSERT INTO "lanes" VALUES('show:pocket','pocket|T1|dm-golden',1795435385000000,'a bot that is gone',53,1795435385000000,0);
INSERT INTO "lanes" VALUES('show:pocket','pocket|T1|dm-ana',1795435385000000,NULL,54,NULL,3);
INSERT INTO "lanes" VALUES('show:pocket','pocket|T1|dm-gone',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('show:pocket','pocket|T1|dm-lost',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('payments','sandbox|cs_1aba454c312cef01a735',1795435385000000,NULL,55,NULL,3);
INSERT INTO "lanes" VALUES('payments','sandbox|cs_1b0425adbe252ec216f9',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('payments','sandbox|cs_golden',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0010',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0009',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0008',1795435385000000,'a bot that is gone',56,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0007',1795435385000000,'a bot that is gone',57,1795435385000000,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0006',1795435385000000,NULL,58,NULL,3);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0005',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0004',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0003',1795435385000000,'a bot that is gone',59,NULL,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0002',1795435385000000,'a bot that is gone',60,1795435385000000,0);
INSERT INTO "lanes" VALUES('reconcile','TU-G0LD0001',1795435385000000,NULL,61,NULL,3);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0010',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0009',1795435385000000,'a bot that is gone',62,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0008',1795435385000000,'a bot that is gone',63,1795435385000000,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0007',1795435385000000,NULL,64,NULL,3);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0006',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0005',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0004',1795435385000000,'a bot that is gone',65,NULL,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0003',1795435385000000,'a bot that is gone',66,1795435385000000,0);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0002',1795435385000000,NULL,67,NULL,3);
INSERT INTO "lanes" VALUES('expire','TU-G0LD0001',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0007',1795435385000000,'a bot that is gone',68,NULL,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0006',1795435385000000,'a bot that is gone',69,1795435385000000,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0005',1795435385000000,NULL,70,NULL,3);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0004',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0003',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0002',1795435385000000,'a bot that is gone',71,NULL,0);
INSERT INTO "lanes" VALUES('hand_over','TU-G0LD0001',1795435385000000,'a bot that is gone',72,1795435385000000,0);
INSERT INTO "lanes" VALUES('refund','golden-order-1',1795435385000000,NULL,74,NULL,3);
INSERT INTO "lanes" VALUES('refund','golden-order-2',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('home','slack:T1:U1',1795435385000000,NULL,75,NULL,3);
INSERT INTO "lanes" VALUES('home','slack:T1:U2',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('home','telegram:4242:77',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('recover','2026-11-23T11:03:00+00:00|0',1795435380000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('recover','2026-11-23T10:03:00+00:00|0',1795438980000000,NULL,0,NULL,0);
INSERT INTO "lanes" VALUES('recover','2026-11-23T09:03:00+00:00|0',1795435385000000,'a bot that is gone',76,NULL,0);
INSERT INTO "lanes" VALUES('poll','telegram:4242',1795435385000000,'a bot that is gone',78,1795435385000000,0);
CREATE TABLE links (
	account TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_links PRIMARY KEY (account, platform, tenant, kind, external_id), 
	CONSTRAINT ck_links_kind CHECK (kind IN ('team', 'channel', 'person')), 
	CONSTRAINT fk_links_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "links" VALUES('team-a','pocket','T1','person','ana',1795435200000000);
INSERT INTO "links" VALUES('team-a','pocket','T1','person','ben',1795435200000000);
INSERT INTO "links" VALUES('team-a','pocket','T1','person','eve',1795435200000000);
INSERT INTO "links" VALUES('team-a','pocket','T1','person','dora',1795435200000000);
INSERT INTO "links" VALUES('team-a','slack','T1','team','T1',1795435200000000);
INSERT INTO "links" VALUES('team-a','telegram','','person','77',1795435200000000);
INSERT INTO "links" VALUES('team-b','slack','T1','channel','C1',1795435200000000);
INSERT INTO "links" VALUES('team-b','telegram','','channel','-1001',1795435200000000);
INSERT INTO "links" VALUES('team-b','telegram','','person','77',1795435200000000);
INSERT INTO "links" VALUES('yen','telegram','','team','0',1795435380000000);
INSERT INTO "links" VALUES('yen','telegram','','channel','1',1795435380000000);
INSERT INTO "links" VALUES('yen','telegram','','person','2',1795435380000000);
CREATE TABLE marks (
	mark TEXT NOT NULL, 
	standing TEXT NOT NULL, 
	place TEXT, 
	noted_at BIGINT NOT NULL, 
	CONSTRAINT pk_marks PRIMARY KEY (mark), 
	CONSTRAINT ck_marks_standing CHECK (standing IN ('own', 'adopted', 'former'))
);
INSERT INTO "marks" VALUES('in_84c677828385229e','own',NULL,1795435200000000);
INSERT INTO "marks" VALUES('in_00000000000000ad','adopted',NULL,1795435380000000);
INSERT INTO "marks" VALUES('unmarked','adopted',NULL,1795435380000000);
INSERT INTO "marks" VALUES('in_00000000000000f0','former',NULL,1795435380000000);
CREATE TABLE payments (
	gateway TEXT NOT NULL, 
	merchant_account TEXT NOT NULL, 
	payment_ref TEXT NOT NULL, 
	top_up TEXT, 
	status TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	disposition TEXT, 
	held_because TEXT, 
	first_seen_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, search_ref TEXT, 
	CONSTRAINT pk_payments PRIMARY KEY (gateway, merchant_account, payment_ref), 
	CONSTRAINT ck_payments_applied CHECK (disposition <> 'applied' OR top_up IS NOT NULL), 
	CONSTRAINT ck_payments_held CHECK (disposition <> 'held' OR held_because IS NOT NULL), 
	CONSTRAINT ck_payments_disposition CHECK (disposition IN ('applied', 'held', 'refunded')), 
	CONSTRAINT ck_payments_status CHECK (status IN ('open', 'processing', 'paid', 'failed', 'expired', 'cancelled')), 
	CONSTRAINT ck_payments_amount CHECK (amount_minor >= 0), 
	CONSTRAINT ck_payments_currency CHECK (length(currency) = 3), 
	CONSTRAINT fk_payments_top_up FOREIGN KEY(top_up) REFERENCES top_ups (id)
);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_fbd38d3a9147164546b5','TU-W56VWS9S','paid',5075,'USD','applied',NULL,1795435200000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_1aba454c312cef01a735','TU-WX3FMG4X','processing',7000,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_1','TU-G0LD0001','open',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_2','TU-G0LD0001','processing',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_3','TU-G0LD0001','paid',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_4','TU-G0LD0001','failed',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_5','TU-G0LD0001','expired',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_6','TU-G0LD0001','cancelled',2030,'USD',NULL,NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_7',NULL,'paid',2030,'USD','held','unknown_top_up',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_8','TU-G0LD0002','paid',2030,'USD','held','second_payment',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_9','TU-G0LD0002','paid',2030,'USD','held','wrong_amount',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_10','TU-G0LD0002','paid',2030,'USD','held','wrong_currency',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_11','TU-G0LD0002','paid',2030,'USD','held','wrong_mode',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_12','TU-G0LD0002','paid',2030,'USD','held','wrong_merchant',1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_13','TU-G0LD0004','paid',2030,'USD','applied',NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_14','TU-G0LD0009','paid',2030,'USD','applied',NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_15','TU-G0LD0010','paid',2030,'USD','applied',NULL,1795435380000000,1795435380000000,NULL);
INSERT INTO "payments" VALUES('sandbox','sandbox_merchant','pay_golden_16',NULL,'paid',2030,'USD','refunded',NULL,1795435380000000,1795435380000000,'pi_1');
CREATE TABLE people (
	name TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	external_id TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY (name), 
	CONSTRAINT uq_people_platform_tenant_external_id UNIQUE (platform, tenant, external_id)
);
INSERT INTO "people" VALUES('person-20ce3bfced5573f5','pocket','T1','ana',1795435200000000);
INSERT INTO "people" VALUES('person-32a66387fe471a18','pocket','T1','ben',1795435380000000);
INSERT INTO "people" VALUES('person-b6d1f1ef9671b55d','pocket','T1','eve',1795435380000000);
INSERT INTO "people" VALUES('person-f45dc658be9ba7a7','pocket','T1','dora',1795435380000000);
INSERT INTO "people" VALUES('person-00000000000000aa','slack','T1','U9',1795435380000000);
CREATE TABLE postings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	transaction_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	destination TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	CONSTRAINT ck_postings_amount CHECK (amount_minor > 0), 
	CONSTRAINT ck_postings_currency CHECK (length(currency) = 3), 
	CONSTRAINT ck_postings_ends CHECK (source <> destination), 
	CONSTRAINT fk_postings_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id)
);
INSERT INTO "postings" VALUES(1,1,'gateway:sandbox:sandbox_merchant','customer:team-a',5000,'USD');
INSERT INTO "postings" VALUES(2,1,'gateway:sandbox:sandbox_merchant','house:fees',75,'USD');
INSERT INTO "postings" VALUES(3,2,'customer:team-a','gateway:sandbox:sandbox_merchant',492,'USD');
INSERT INTO "postings" VALUES(4,2,'house:fees','gateway:sandbox:sandbox_merchant',8,'USD');
INSERT INTO "postings" VALUES(5,3,'customer:team-a','house:usage',300,'USD');
INSERT INTO "postings" VALUES(6,4,'house:usage','customer:team-a',300,'USD');
INSERT INTO "postings" VALUES(7,5,'customer:team-b','house:usage',100,'USD');
INSERT INTO "postings" VALUES(8,6,'house:golden','customer:team-a',1,'USD');
INSERT INTO "postings" VALUES(9,7,'customer:team-a','house:golden',1,'USD');
INSERT INTO "postings" VALUES(10,8,'house:golden','customer:team-a',1,'USD');
INSERT INTO "postings" VALUES(11,9,'customer:team-a','house:golden',1,'USD');
INSERT INTO "postings" VALUES(12,10,'house:golden','customer:team-a',1,'USD');
INSERT INTO "postings" VALUES(13,11,'customer:team-a','house:golden',1,'USD');
INSERT INTO "postings" VALUES(14,12,'house:golden','customer:team-a',1,'USD');
INSERT INTO "postings" VALUES(15,13,'customer:team-a','house:golden',1,'USD');
INSERT INTO "postings" VALUES(16,14,'house:golden','customer:team-a',1,'USD');
INSERT INTO "postings" VALUES(17,15,'customer:team-a','house:golden',1,'USD');
CREATE TABLE refunds (
	id TEXT NOT NULL, 
	gateway TEXT NOT NULL, 
	merchant_account TEXT NOT NULL, 
	payment_ref TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	asked_by TEXT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	done_at BIGINT, 
	error TEXT, 
	CONSTRAINT pk_refunds PRIMARY KEY (id), 
	CONSTRAINT ck_refunds_amount CHECK (amount_minor > 0), 
	CONSTRAINT fk_refunds_gateway_merchant_account_payment_ref FOREIGN KEY(gateway, merchant_account, payment_ref) REFERENCES payments (gateway, merchant_account, payment_ref)
);
INSERT INTO "refunds" VALUES('order-1','sandbox','sandbox_merchant','pay_fbd38d3a9147164546b5',500,'asked for by mail','operator',1795435380000000,1795435380000000,NULL);
INSERT INTO "refunds" VALUES('golden-order-1','sandbox','sandbox_merchant','pay_golden_1',10,'asked','operator',1795435380000000,1795435380000000,NULL);
INSERT INTO "refunds" VALUES('golden-order-2','sandbox','sandbox_merchant','pay_golden_1',10,'asked','operator',1795435380000000,1795435380000000,'it was refused');
INSERT INTO "refunds" VALUES('golden-order','sandbox','sandbox_merchant','pay_fbd38d3a9147164546b5',200,'asked for by mail','operator',1795435380000000,NULL,NULL);
CREATE TABLE reversals (
	gateway TEXT NOT NULL, 
	merchant_account TEXT NOT NULL, 
	payment_ref TEXT NOT NULL, 
	refunded_minor BIGINT DEFAULT 0 NOT NULL, 
	refund_failed_minor BIGINT DEFAULT 0 NOT NULL, 
	disputed_minor BIGINT DEFAULT 0 NOT NULL, 
	dispute_won_minor BIGINT DEFAULT 0 NOT NULL, 
	dispute_lost_minor BIGINT DEFAULT 0 NOT NULL, 
	reversed_minor BIGINT DEFAULT 0 NOT NULL, 
	reinstated_minor BIGINT DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_reversals PRIMARY KEY (gateway, merchant_account, payment_ref), 
	CONSTRAINT ck_reversals_counts CHECK (refunded_minor >= 0 AND refund_failed_minor >= 0 AND disputed_minor >= 0 AND dispute_won_minor >= 0 AND dispute_lost_minor >= 0 AND reversed_minor >= 0 AND reinstated_minor >= 0), 
	CONSTRAINT ck_reversals_reinstated CHECK (reinstated_minor <= reversed_minor), 
	CONSTRAINT fk_reversals_gateway_merchant_account_payment_ref FOREIGN KEY(gateway, merchant_account, payment_ref) REFERENCES payments (gateway, merchant_account, payment_ref)
);
INSERT INTO "reversals" VALUES('sandbox','sandbox_merchant','pay_fbd38d3a9147164546b5',500,0,0,0,0,500,0);
INSERT INTO "reversals" VALUES('sandbox','sandbox_merchant','pay_golden_13',6,5,4,3,2,0,0);
INSERT INTO "reversals" VALUES('sandbox','sandbox_merchant','pay_golden_14',6,5,4,3,2,0,0);
INSERT INTO "reversals" VALUES('sandbox','sandbox_merchant','pay_golden_15',6,5,4,3,2,0,0);
CREATE TABLE signing_keys (
	name TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	CONSTRAINT pk_signing_keys PRIMARY KEY (name)
);
INSERT INTO "signing_keys" VALUES('5ff99d23','gAAAAABrDp0xzLfGrEBF4H5AkAekqOxn0EWT9T8TRkboMsT0HvmOlbXIqWwJc2Ef97p8xPKWKw6I7RDYRmdD6S2siax9BZxKPsu7kT82QxEkIni74Q_RpVfFBbkt6CPm9DPYCDXFR5rx0P4yFweTDa7GKLaosV0SHaLXgiETUmm1pVu_cnyC0OM=',0);
CREATE TABLE slack_installations (
	enterprise_id TEXT NOT NULL, 
	team_id TEXT NOT NULL, 
	is_enterprise_install BIGINT NOT NULL, 
	bot_token TEXT NOT NULL, 
	installed_at BIGINT NOT NULL, 
	CONSTRAINT pk_slack_installations PRIMARY KEY (enterprise_id, team_id), 
	CONSTRAINT ck_slack_installations_enterprise CHECK (is_enterprise_install IN (0, 1)), 
	CONSTRAINT ck_slack_installations_whose CHECK (enterprise_id <> '' OR team_id <> '')
);
INSERT INTO "slack_installations" VALUES('','T1',0,'gAAAAABrDp01TnSlafOedvXSp1_g8dtK6tfRpmV6kLyVCrgxZSyexCs1uBVwCZVcBrde-Ni9CeMSMvkoOQWy8IdNsEYLJ2GXeCeIxYzjeMW46KJLKuH5U2o=',1795435380000000);
INSERT INTO "slack_installations" VALUES('E1','',1,'gAAAAABrDp01TnSlafOedvXSp1_g8dtK6tfRpmV6kLyVCrgxZSyexCs1uBVwCZVcBrde-Ni9CeMSMvkoOQWy8IdNsEYLJ2GXeCeIxYzjeMW46KJLKuH5U2o=',1795435380000000);
CREATE TABLE tasks (
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	opened_at BIGINT NOT NULL, 
	closed_at BIGINT, 
	reason TEXT, 
	CONSTRAINT pk_tasks PRIMARY KEY (kind, subject), 
	CONSTRAINT ck_tasks_closed CHECK ((closed_at IS NULL) = (reason IS NULL))
);
INSERT INTO "tasks" VALUES('watch_ended','golden watch_ended','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('watch_ended','closed watch_ended','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('refund_refused','golden refund_refused','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('refund_refused','closed refund_refused','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('checkout_refused','golden checkout_refused','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('checkout_refused','closed checkout_refused','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('answer_unread','golden answer_unread','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('answer_unread','closed answer_unread','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('members_refused','golden members_refused','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('members_refused','closed members_refused','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('entry_unread','golden entry_unread','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('entry_unread','closed entry_unread','what it was about',1795435380000000,1795435380000000,'looked into');
INSERT INTO "tasks" VALUES('access_refused','golden access_refused','what it is about',1795435380000000,NULL,NULL);
INSERT INTO "tasks" VALUES('access_refused','closed access_refused','what it was about',1795435380000000,1795435380000000,'looked into');
CREATE TABLE top_ups (
	id TEXT NOT NULL, 
	account TEXT NOT NULL, 
	amount_minor BIGINT NOT NULL, 
	fee_minor BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	method TEXT NOT NULL, 
	gateway TEXT NOT NULL, 
	merchant_account TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	status TEXT NOT NULL, 
	revision BIGINT NOT NULL, 
	requester TEXT NOT NULL, 
	card TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	watched_until BIGINT NOT NULL, 
	decline TEXT, 
	CONSTRAINT pk_top_ups PRIMARY KEY (id), 
	CONSTRAINT ck_top_ups_mode CHECK (mode IN ('sandbox', 'live')), 
	CONSTRAINT ck_top_ups_status CHECK (status IN ('awaiting_approval', 'awaiting_payment', 'processing', 'paid', 'credited', 'cancelled', 'expired', 'failed', 'rejected', 'partly_refunded', 'refunded', 'disputed')), 
	CONSTRAINT ck_top_ups_amount CHECK (amount_minor > 0), 
	CONSTRAINT ck_top_ups_fee CHECK (fee_minor >= 0), 
	CONSTRAINT ck_top_ups_currency CHECK (length(currency) = 3), 
	CONSTRAINT fk_top_ups_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "top_ups" VALUES('TU-W56VWS9S','team-a',5000,75,'USD','card','sandbox','sandbox_merchant','sandbox','partly_refunded',1,'person-20ce3bfced5573f5','e4c8008c0df984f0',1795435200000000,1795438800000000,1795698000000000,NULL);
INSERT INTO "top_ups" VALUES('TU-WX3FMG4X','team-a',7000,0,'USD','bank_transfer','sandbox','sandbox_merchant','sandbox','processing',1,'person-20ce3bfced5573f5','e6699e1d892ea9a6',1795435380000000,1796040180000000,1796904180000000,NULL);
INSERT INTO "top_ups" VALUES('TU-9RZ802D0','team-a',2500,38,'USD','card','sandbox','sandbox_merchant','sandbox','awaiting_payment',1,'person-32a66387fe471a18','84853985438fec87',1795435380000000,1795438980000000,1795698180000000,NULL);
INSERT INTO "top_ups" VALUES('TU-4H2AANRM','team-a',1500,23,'USD','card','sandbox','sandbox_merchant','sandbox','awaiting_payment',1,'person-b6d1f1ef9671b55d','134cc1d5b40f0e48',1795435380000000,1795438980000000,1795698180000000,NULL);
INSERT INTO "top_ups" VALUES('TU-111RP9CH','team-a',3500,53,'USD','card','sandbox','sandbox_merchant','sandbox','awaiting_payment',1,'person-f45dc658be9ba7a7','fce7a23d4549c59e',1795435380000000,1795438980000000,1795698180000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0001','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','awaiting_payment',1,'person-00000000000000aa','0000000000000001',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0002','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','processing',1,'person-00000000000000aa','0000000000000002',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0003','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','paid',1,'person-00000000000000aa','0000000000000003',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0004','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','credited',1,'person-00000000000000aa','0000000000000004',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0005','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','cancelled',1,'person-00000000000000aa','0000000000000005',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0006','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','expired',1,'person-00000000000000aa','0000000000000006',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0007','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','failed',1,'person-00000000000000aa','0000000000000007',1795435380000000,1795438980000000,1795521780000000,'the card was declined');
INSERT INTO "top_ups" VALUES('TU-G0LD0008','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','partly_refunded',1,'person-00000000000000aa','0000000000000008',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0009','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','refunded',1,'person-00000000000000aa','0000000000000009',1795435380000000,1795438980000000,1795521780000000,NULL);
INSERT INTO "top_ups" VALUES('TU-G0LD0010','team-a',2000,30,'USD','card','sandbox','sandbox_merchant','sandbox','disputed',1,'person-00000000000000aa','000000000000000a',1795435380000000,1795438980000000,1795521780000000,NULL);
CREATE TABLE transactions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	reference TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT uq_transactions_reference UNIQUE (reference)
);
INSERT INTO "transactions" VALUES(1,'sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5:credit:5075','credit',1795435200000000);
INSERT INTO "transactions" VALUES(2,'sandbox/sandbox_merchant/pay_fbd38d3a9147164546b5:reversal:500','reversal',1795435380000000);
INSERT INTO "transactions" VALUES(3,'team-a:charge:wrong','charge',1795435380000000);
INSERT INTO "transactions" VALUES(4,'TX-000003:correction','correction',1795435380000000);
INSERT INTO "transactions" VALUES(5,'team-b:charge:month-1','charge',1795435380000000);
INSERT INTO "transactions" VALUES(6,'golden:credit:house:golden','credit',1795435380000000);
INSERT INTO "transactions" VALUES(7,'golden:credit:customer:team-a','credit',1795435380000000);
INSERT INTO "transactions" VALUES(8,'golden:charge:house:golden','charge',1795435380000000);
INSERT INTO "transactions" VALUES(9,'golden:charge:customer:team-a','charge',1795435380000000);
INSERT INTO "transactions" VALUES(10,'golden:reversal:house:golden','reversal',1795435380000000);
INSERT INTO "transactions" VALUES(11,'golden:reversal:customer:team-a','reversal',1795435380000000);
INSERT INTO "transactions" VALUES(12,'golden:reinstatement:house:golden','reinstatement',1795435380000000);
INSERT INTO "transactions" VALUES(13,'golden:reinstatement:customer:team-a','reinstatement',1795435380000000);
INSERT INTO "transactions" VALUES(14,'golden:correction:house:golden','correction',1795435380000000);
INSERT INTO "transactions" VALUES(15,'golden:correction:customer:team-a','correction',1795435380000000);
CREATE INDEX ix_deliveries_pending ON deliveries (lane, id) WHERE done_at IS NULL AND quarantined_at IS NULL;
CREATE INDEX ix_cards_due ON cards (platform, tenant, chat, position) WHERE shown_rev < wanted_rev AND given_up_rev < wanted_rev;
CREATE INDEX ix_top_ups_account ON top_ups (account, created_at);
CREATE INDEX ix_top_ups_requester ON top_ups (requester, created_at);
CREATE INDEX ix_top_ups_watched ON top_ups (watched_until) WHERE status != 'credited';
CREATE INDEX ix_payments_top_up ON payments (top_up);
CREATE UNIQUE INDEX uq_payments_applied ON payments (top_up) WHERE disposition = 'applied';
CREATE INDEX ix_postings_destination ON postings (destination, currency);
CREATE INDEX ix_postings_source ON postings (source, currency);
CREATE INDEX ix_postings_transaction_id ON postings (transaction_id);
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_lanes_claimable ON lanes (kind, claimable_at);
CREATE TRIGGER transactions_refuse_update BEFORE UPDATE ON transactions BEGIN SELECT RAISE(ABORT, 'rows of transactions are never changed'); END;
CREATE TRIGGER transactions_refuse_delete BEFORE DELETE ON transactions BEGIN SELECT RAISE(ABORT, 'rows of transactions are never changed'); END;
CREATE TRIGGER postings_refuse_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'rows of postings are never changed'); END;
CREATE TRIGGER postings_refuse_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'rows of postings are never changed'); END;
CREATE TRIGGER audit_refuse_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'rows of audit are never changed'); END;
CREATE TRIGGER audit_refuse_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'rows of audit are never changed'); END;
CREATE INDEX ix_slack_installations_team_id ON slack_installations (team_id);
CREATE TRIGGER audit_seals_refuse_update BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'rows of audit_seals are never changed'); END;
CREATE TRIGGER audit_seals_refuse_delete BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'rows of audit_seals are never changed'); END;
CREATE INDEX ix_refunds_payment ON refunds (gateway, merchant_account, payment_ref);
CREATE INDEX ix_buckets_idle_at ON buckets (idle_at);
CREATE INDEX ix_top_ups_stuck ON top_ups (status, created_at) WHERE status IN ('processing', 'paid');
CREATE INDEX ix_payments_held ON payments (first_seen_at) WHERE disposition = 'held';
CREATE INDEX ix_deliveries_quarantined ON deliveries (quarantined_at) WHERE quarantined_at IS NOT NULL;
CREATE INDEX ix_links_external_id ON links (platform, kind, external_id);
CREATE INDEX ix_cards_refused ON cards (platform, tenant, chat) WHERE refused IS NOT NULL;
CREATE INDEX ix_cards_noted_at ON cards (noted_at);
CREATE INDEX ix_documents_noted_at ON documents (noted_at);
CREATE INDEX ix_deliveries_received_at ON deliveries (received_at);
CREATE INDEX ix_conversations_touched_at ON conversations (touched_at);
CREATE INDEX ix_conversations_person ON conversations (person);
CREATE INDEX ix_attempts_created_at ON attempts (created_at);
CREATE INDEX ix_tasks_closed_at ON tasks (closed_at);
CREATE INDEX ix_attempts_checkout ON attempts (gateway, checkout_ref);
CREATE UNIQUE INDEX uq_marks_own ON marks (standing) WHERE standing = 'own';
CREATE INDEX ix_payments_search_ref ON payments (search_ref);
CREATE INDEX ix_people_external_id ON people (external_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('deliveries',45);
INSERT INTO "sqlite_sequence" VALUES('cards',99);
INSERT INTO "sqlite_sequence" VALUES('audit',52);
INSERT INTO "sqlite_sequence" VALUES('transactions',15);
INSERT INTO "sqlite_sequence" VALUES('postings',17);
COMMIT;
