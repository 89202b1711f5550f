"""the first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('channel_apps',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('secrets', sa.Text(), nullable=False, comment='sealed JSON: app_secret, verify_token'),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_apps')),
    sa.UniqueConstraint('channel', 'name', name=op.f('uq_channel_apps_channel_name'))
    )
    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('merged_into', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['merged_into'], ['people.id'], name=op.f('fk_people_merged_into_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_table('quarantine',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('app', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('body', postgresql.BYTEA(), nullable=False, comment='at most 64 KiB'),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine'))
    )
    op.create_table('units',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tagline', sa.Text(), server_default='', nullable=False),
    sa.Column('colour', sa.Text(), server_default='#3b82f6', nullable=False),
    sa.Column('languages', postgresql.ARRAY(sa.Text()), server_default='{es}', nullable=False),
    sa.Column('timezone', sa.Text(), server_default='America/Mexico_City', nullable=False),
    sa.Column('privacy_version', sa.Text(), server_default='', nullable=False),
    sa.Column('privacy_notice', sa.Text(), server_default='', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('in_picker', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_units'))
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('password', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('fs_uniquifier', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tf_primary_method', sa.Text(), nullable=True),
    sa.Column('tf_totp_secret', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), server_default='es', nullable=False),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_users_fs_uniquifier'))
    )
    op.create_table('audit_entries',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('object_type', sa.Text(), nullable=False),
    sa.Column('object_id', sa.Text(), nullable=False),
    sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False, comment='the IP address'),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_audit_entries_unit_units')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_audit_entries_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    op.create_index('ix_audit_entries_at', 'audit_entries', ['at'], unique=False)
    op.create_index('ix_audit_entries_object', 'audit_entries', ['object_type', 'object_id'], unique=False)
    op.create_table('channel_accounts',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('app_id', sa.UUID(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False, comment='phone number id, bot id, page id, widget id'),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False, comment='what people dial: +52…, @bot'),
    sa.Column('secrets', sa.Text(), nullable=False, comment='sealed JSON: access_token and the like'),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("unit <> 'sexsi' OR channel IN ('telegram', 'web', 'email')", name=op.f('ck_channel_accounts_sexsi_channels')),
    sa.ForeignKeyConstraint(['app_id'], ['channel_apps.id'], name=op.f('fk_channel_accounts_app_id_channel_apps')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_channel_accounts_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_accounts')),
    sa.UniqueConstraint('channel', 'external_id', name=op.f('uq_channel_accounts_channel_external_id'))
    )
    op.create_table('companies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('industry', sa.Text(), server_default='', nullable=False),
    sa.Column('city', sa.Text(), server_default='', nullable=False),
    sa.Column('website', sa.Text(), server_default='', nullable=False),
    sa.Column('notes', sa.Text(), server_default='', nullable=False),
    sa.Column('search_text', sa.Text(), server_default='', nullable=False),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_companies_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companies'))
    )
    op.create_index(op.f('ix_companies_unit'), 'companies', ['unit'], unique=False)
    op.create_index('ix_companies_unit_name', 'companies', ['unit', 'name'], unique=False)
    op.create_table('consents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False, comment='privacy_notice, messages, share_with:<unit>'),
    sa.Column('granted', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Text(), server_default='', nullable=False, comment='of the text that was shown'),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_consents_person_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_consents_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_person_id'), 'consents', ['person_id'], unique=False)
    op.create_index(op.f('ix_consents_unit'), 'consents', ['unit'], unique=False)
    op.create_table('divisions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_divisions_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_divisions')),
    sa.UniqueConstraint('unit', 'code', name=op.f('uq_divisions_unit_code'))
    )
    op.create_index(op.f('ix_divisions_unit'), 'divisions', ['unit'], unique=False)
    op.create_table('message_templates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), server_default='whatsapp', nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), server_default='es_MX', nullable=False),
    sa.Column('category', sa.Text(), server_default='UTILITY', nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('components', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('state', sa.Text(), server_default='PENDING', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_message_templates_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_templates')),
    sa.UniqueConstraint('unit', 'channel', 'name', 'language', name=op.f('uq_message_templates_unit_channel_name_language'))
    )
    op.create_index(op.f('ix_message_templates_unit'), 'message_templates', ['unit'], unique=False)
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('inviter_id', sa.Uuid(), nullable=False),
    sa.Column('invited_id', sa.Uuid(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['invited_id'], ['people.id'], name=op.f('fk_referrals_invited_id_people')),
    sa.ForeignKeyConstraint(['inviter_id'], ['people.id'], name=op.f('fk_referrals_inviter_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_referrals_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals')),
    sa.UniqueConstraint('code', name=op.f('uq_referrals_code')),
    sa.UniqueConstraint('unit', 'invited_id', name=op.f('uq_referrals_unit_invited_id'))
    )
    op.create_index(op.f('ix_referrals_inviter_id'), 'referrals', ['inviter_id'], unique=False)
    op.create_index(op.f('ix_referrals_unit'), 'referrals', ['unit'], unique=False)
    op.create_table('stages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('ord', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_stages_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stages')),
    sa.UniqueConstraint('unit', 'name', name=op.f('uq_stages_unit_name'))
    )
    op.create_index(op.f('ix_stages_unit'), 'stages', ['unit'], unique=False)
    op.create_table('stored_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_stored_events_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_events'))
    )
    op.create_index('ix_stored_events_open', 'stored_events', ['id'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_index(op.f('ix_stored_events_unit'), 'stored_events', ['unit'], unique=False)
    op.create_table('unit_profiles',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('first_name', sa.Text(), server_default='', nullable=False),
    sa.Column('last_name', sa.Text(), server_default='', nullable=False),
    sa.Column('second_last_name', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('birth_date_sealed', sa.Text(), nullable=True),
    sa.Column('curp_sealed', sa.Text(), nullable=True),
    sa.Column('curp_hash', sa.Text(), nullable=True),
    sa.Column('rfc_sealed', sa.Text(), nullable=True),
    sa.Column('rfc_hash', sa.Text(), nullable=True),
    sa.Column('sex_sealed', sa.Text(), nullable=True),
    sa.Column('nationality', sa.Text(), server_default='', nullable=False),
    sa.Column('work_permit', sa.Text(), server_default='', nullable=False, comment='citizen, permanent, temporary, humanitarian, in_process, none'),
    sa.Column('city', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), server_default='', nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('headline', sa.Text(), server_default='', nullable=False, comment='the work that the person does or looks for'),
    sa.Column('experience_years', sa.Numeric(precision=4, scale=1), nullable=True),
    sa.Column('experience_text', sa.Text(), server_default='', nullable=False),
    sa.Column('skills', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('salary_amount', sa.Numeric(precision=14, scale=2), nullable=True, comment='expected, monthly gross'),
    sa.Column('salary_currency', sa.Text(), server_default='MXN', nullable=False),
    sa.Column('search_text', sa.Text(), server_default='', nullable=False, comment='names, work, skills, place; folded'),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_unit_profiles_person_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_unit_profiles_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_profiles')),
    sa.UniqueConstraint('number', name=op.f('uq_unit_profiles_number')),
    sa.UniqueConstraint('unit', 'person_id', name=op.f('uq_unit_profiles_unit_person_id'))
    )
    op.create_index(op.f('ix_unit_profiles_curp_hash'), 'unit_profiles', ['curp_hash'], unique=False)
    op.create_index('ix_unit_profiles_email', 'unit_profiles', ['unit', 'email'], unique=False)
    op.create_index(op.f('ix_unit_profiles_person_id'), 'unit_profiles', ['person_id'], unique=False)
    op.create_index(op.f('ix_unit_profiles_rfc_hash'), 'unit_profiles', ['rfc_hash'], unique=False)
    op.create_index(op.f('ix_unit_profiles_unit'), 'unit_profiles', ['unit'], unique=False)
    op.create_index('ix_unit_profiles_unit_updated_at', 'unit_profiles', ['unit', 'updated_at'], unique=False)
    op.create_table('chats',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('channel_account_id', sa.UUID(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Text(), nullable=False, comment="the vendor's id of the person"),
    sa.Column('user_name', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True, comment='the current one'),
    sa.Column('person_id', sa.UUID(), nullable=True),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('token', sa.UUID(), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['channel_account_id'], ['channel_accounts.id'], name=op.f('fk_chats_channel_account_id_channel_accounts')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_chats_person_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_chats_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chats')),
    sa.UniqueConstraint('channel_account_id', 'user_id', name=op.f('uq_chats_channel_account_id_user_id'))
    )
    op.create_index('ix_chats_due', 'chats', ['due'], unique=False, postgresql_where=sa.text('due IS NOT NULL'))
    op.create_index('ix_chats_person_id', 'chats', ['person_id'], unique=False)
    op.create_table('contacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_contacts_company_id_companies')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_contacts_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    op.create_index(op.f('ix_contacts_company_id'), 'contacts', ['company_id'], unique=False)
    op.create_index(op.f('ix_contacts_unit'), 'contacts', ['unit'], unique=False)
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('permissions', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False, comment='switches of a division consultant'),
    sa.CheckConstraint("(role = 'super_admin' AND unit IS NULL AND division_id IS NULL) OR (role = 'consultant' AND unit IS NOT NULL AND division_id IS NULL) OR (role = 'division_consultant' AND unit IS NOT NULL AND division_id IS NOT NULL)", name=op.f('ck_grants_role')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_grants_division_id_divisions')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_grants_unit_units')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_grants_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants')),
    sa.UniqueConstraint('user_id', 'role', 'unit', 'division_id', name=op.f('uq_grants_user_id_role_unit_division_id'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_grants_user_id'), 'grants', ['user_id'], unique=False)
    op.create_table('identities',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('channel_account_id', sa.UUID(), nullable=True),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['channel_account_id'], ['channel_accounts.id'], name=op.f('fk_identities_channel_account_id_channel_accounts')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_identities_person_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_identities_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    sa.UniqueConstraint('unit', 'kind', 'channel_account_id', 'value', name=op.f('uq_identities_unit_kind_channel_account_id_value'))
    )
    op.create_index(op.f('ix_identities_person_id'), 'identities', ['person_id'], unique=False)
    op.create_index(op.f('ix_identities_unit'), 'identities', ['unit'], unique=False)
    op.create_table('conversations',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('chat_id', sa.UUID(), nullable=False),
    sa.Column('person_id', sa.UUID(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('handling', sa.Text(), server_default='bot', nullable=False),
    sa.Column('assigned_to', sa.UUID(), nullable=True, comment='the user who has taken it'),
    sa.Column('language', sa.Text(), server_default='es', nullable=False),
    sa.Column('current_step', sa.Text(), server_default='', nullable=False),
    sa.Column('opted_out', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False, comment='purposes: notice, promotion'),
    sa.Column('message_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unread_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_text', sa.Text(), server_default='', nullable=False),
    sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('generated', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.CheckConstraint("handling IN ('bot', 'queued', 'with_person', 'closed')", name=op.f('ck_conversations_handling')),
    sa.ForeignKeyConstraint(['chat_id'], ['chats.id'], name=op.f('fk_conversations_chat_id_chats')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_conversations_person_id_people')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_conversations_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sa.UniqueConstraint('chat_id', 'unit', name=op.f('uq_conversations_chat_id_unit'))
    )
    op.create_index('ix_conversations_person_id', 'conversations', ['person_id'], unique=False)
    op.create_index('ix_conversations_unit_last_message_at', 'conversations', ['unit', 'last_message_at'], unique=False)
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('chat_id', sa.UUID(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True, comment='set when a turn is pinned'),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('channel_account_id', sa.UUID(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('vendor_id', sa.Text(), nullable=False),
    sa.Column('vendor_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='contract.message.Inbound'),
    sa.Column('raw', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="the vendor's event; erased after 30 days"),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('turn_id', sa.BigInteger(), nullable=True, comment='the first inbox id of the turn that these rows are read as'),
    sa.Column('parse', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='pinned before anything is predicted'),
    sa.Column('attempts', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'done', 'aside')", name=op.f('ck_inbox_state')),
    sa.ForeignKeyConstraint(['channel_account_id'], ['channel_accounts.id'], name=op.f('fk_inbox_channel_account_id_channel_accounts')),
    sa.ForeignKeyConstraint(['chat_id'], ['chats.id'], name=op.f('fk_inbox_chat_id_chats')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_inbox_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('channel_account_id', 'kind', 'vendor_id', name=op.f('uq_inbox_channel_account_id_kind_vendor_id'))
    )
    op.create_index('ix_inbox_waiting', 'inbox', ['chat_id', 'id'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('vacancies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), sa.Identity(always=True, start=1001), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('consultant_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('confidential', sa.Boolean(), server_default='false', nullable=False, comment='the company is not named'),
    sa.Column('openings', sa.Integer(), server_default='1', nullable=False),
    sa.Column('modality', sa.Text(), server_default='on_site', nullable=False, comment='on_site, hybrid, remote'),
    sa.Column('schedule', sa.Text(), server_default='', nullable=False),
    sa.Column('benefits', sa.Text(), server_default='', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('city', sa.Text(), server_default='', nullable=False),
    sa.Column('region', sa.Text(), server_default='', nullable=False, comment='the Mexican state'),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('seniority', sa.Text(), server_default='', nullable=False, comment='entry, junior, mid, senior, manager, director, c_level'),
    sa.Column('min_experience_years', sa.Numeric(precision=4, scale=1), nullable=True),
    sa.Column('salary_min', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('salary_max', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('salary_currency', sa.Text(), server_default='MXN', nullable=False),
    sa.Column('salary_period', sa.Text(), server_default='month', nullable=False, comment='hour, day, week, fortnight, month, year'),
    sa.Column('permits', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False, comment='work permits that are accepted; empty: all'),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search_text', sa.Text(), server_default='', nullable=False),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'paused', 'closed', 'filled')", name=op.f('ck_vacancies_state')),
    sa.CheckConstraint('salary_min IS NULL OR salary_max IS NULL OR salary_min <= salary_max', name=op.f('ck_vacancies_salary')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_vacancies_company_id_companies')),
    sa.ForeignKeyConstraint(['consultant_id'], ['users.id'], name=op.f('fk_vacancies_consultant_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_vacancies_contact_id_contacts')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_vacancies_division_id_divisions')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_vacancies_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vacancies')),
    sa.UniqueConstraint('number', name=op.f('uq_vacancies_number'))
    )
    op.create_index(op.f('ix_vacancies_company_id'), 'vacancies', ['company_id'], unique=False)
    op.create_index(op.f('ix_vacancies_division_id'), 'vacancies', ['division_id'], unique=False)
    op.create_index('ix_vacancies_open', 'vacancies', ['unit', 'city'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index(op.f('ix_vacancies_unit'), 'vacancies', ['unit'], unique=False)
    op.create_index('ix_vacancies_unit_state_published_at', 'vacancies', ['unit', 'state', 'published_at'], unique=False)
    op.create_table('action_replies',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('reply', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_action_replies_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_action_replies_unit_units')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_action_replies'))
    )
    op.create_table('applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), sa.Identity(always=True, start=5001), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('vacancy_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('profile_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True),
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('score', sa.Numeric(precision=5, scale=4), nullable=True, comment='0 to 1, as ranked when applying'),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False, comment='question, answer, passed'),
    sa.Column('knocked_out', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('source', sa.Text(), server_default='chat', nullable=False),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_applications_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_applications_division_id_divisions')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_applications_person_id_people')),
    sa.ForeignKeyConstraint(['profile_id'], ['unit_profiles.id'], name=op.f('fk_applications_profile_id_unit_profiles')),
    sa.ForeignKeyConstraint(['stage_id'], ['stages.id'], name=op.f('fk_applications_stage_id_stages')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_applications_unit_units')),
    sa.ForeignKeyConstraint(['vacancy_id'], ['vacancies.id'], name=op.f('fk_applications_vacancy_id_vacancies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications')),
    sa.UniqueConstraint('number', name=op.f('uq_applications_number')),
    sa.UniqueConstraint('vacancy_id', 'person_id', name=op.f('uq_applications_vacancy_id_person_id'))
    )
    op.create_index(op.f('ix_applications_division_id'), 'applications', ['division_id'], unique=False)
    op.create_index(op.f('ix_applications_person_id'), 'applications', ['person_id'], unique=False)
    op.create_index(op.f('ix_applications_profile_id'), 'applications', ['profile_id'], unique=False)
    op.create_index(op.f('ix_applications_unit'), 'applications', ['unit'], unique=False)
    op.create_index('ix_applications_unit_created_at', 'applications', ['unit', 'created_at'], unique=False)
    op.create_index('ix_applications_vacancy_id_stage_id', 'applications', ['vacancy_id', 'stage_id'], unique=False)
    op.create_table('handoffs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by', sa.Uuid(), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'with_person', 'returned', 'timed_out')", name=op.f('ck_handoffs_state')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_handoffs_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['taken_by'], ['users.id'], name=op.f('fk_handoffs_taken_by_users')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_handoffs_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs'))
    )
    op.create_index(op.f('ix_handoffs_conversation_id'), 'handoffs', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_handoffs_unit'), 'handoffs', ['unit'], unique=False)
    op.create_index('uq_handoffs_open', 'handoffs', ['conversation_id'], unique=True, postgresql_where=sa.text("state IN ('queued', 'with_person')"))
    op.create_table('interview_slots',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('vacancy_id', sa.Uuid(), nullable=True),
    sa.Column('interviewer_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('modality', sa.Text(), server_default='in_person', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('video_url', sa.Text(), server_default='', nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("modality IN ('in_person', 'video')", name=op.f('ck_interview_slots_modality')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_interview_slots_times')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_interview_slots_division_id_divisions')),
    sa.ForeignKeyConstraint(['interviewer_id'], ['users.id'], name=op.f('fk_interview_slots_interviewer_id_users')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_interview_slots_unit_units')),
    sa.ForeignKeyConstraint(['vacancy_id'], ['vacancies.id'], name=op.f('fk_interview_slots_vacancy_id_vacancies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interview_slots'))
    )
    op.create_index(op.f('ix_interview_slots_division_id'), 'interview_slots', ['division_id'], unique=False)
    op.create_index(op.f('ix_interview_slots_interviewer_id'), 'interview_slots', ['interviewer_id'], unique=False)
    op.create_index(op.f('ix_interview_slots_unit'), 'interview_slots', ['unit'], unique=False)
    op.create_index('ix_interview_slots_unit_starts_at', 'interview_slots', ['unit', 'starts_at'], unique=False)
    op.create_index(op.f('ix_interview_slots_vacancy_id'), 'interview_slots', ['vacancy_id'], unique=False)
    op.create_table('offered_options',
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('option_id', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('intent', sa.Text(), nullable=False),
    sa.Column('entities', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='name → value'),
    sa.Column('ord', sa.Integer(), nullable=False, comment='1-based, as numbered'),
    sa.Column('turn_id', sa.BigInteger(), nullable=False, comment='the turn that offered it last'),
    sa.Column('multiple', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_offered_options_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_offered_options_unit_units')),
    sa.PrimaryKeyConstraint('conversation_id', 'option_id', name=op.f('pk_offered_options'))
    )
    op.create_table('one_time_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('address_hash', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_one_time_codes_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_one_time_codes_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_codes'))
    )
    op.create_index(op.f('ix_one_time_codes_conversation_id'), 'one_time_codes', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_one_time_codes_unit'), 'one_time_codes', ['unit'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True),
    sa.Column('chat_id', sa.UUID(), nullable=True),
    sa.Column('channel_account_id', sa.UUID(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True, comment="of mail: the address; else the chat's user"),
    sa.Column('source', sa.Text(), nullable=False, comment='turn, notice, consultant, interview …'),
    sa.Column('source_id', sa.Text(), nullable=False),
    sa.Column('ord', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.Text(), server_default='reply', nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='contract.message.Message'),
    sa.Column('priority', sa.SmallInteger(), server_default='0', nullable=False, comment='higher goes first'),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('due', sa.DateTime(timezone=True), nullable=True, comment="when waiting: not before; when sending: lease's expiry"),
    sa.Column('token', sa.UUID(), nullable=True),
    sa.Column('attempts', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('parts_sent', sa.SmallInteger(), server_default='0', nullable=False, comment='of a message in several parts'),
    sa.Column('vendor_id', sa.Text(), nullable=True),
    sa.Column('error_code', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('possible_duplicate', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose IN ('reply', 'notice', 'promotion', 'code')", name=op.f('ck_outbox_purpose')),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'delivered', 'read', 'failed', 'refused')", name=op.f('ck_outbox_state')),
    sa.CheckConstraint('chat_id IS NOT NULL OR address IS NOT NULL', name=op.f('ck_outbox_addressee')),
    sa.ForeignKeyConstraint(['channel_account_id'], ['channel_accounts.id'], name=op.f('fk_outbox_channel_account_id_channel_accounts')),
    sa.ForeignKeyConstraint(['chat_id'], ['chats.id'], name=op.f('fk_outbox_chat_id_chats')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_outbox_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_outbox_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('source', 'source_id', 'ord', name=op.f('uq_outbox_source_source_id_ord'))
    )
    op.create_index('ix_outbox_chat_open', 'outbox', ['chat_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.create_index('ix_outbox_conversation_id', 'outbox', ['conversation_id'], unique=False)
    op.create_index('ix_outbox_due', 'outbox', ['due'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.create_index('ix_outbox_vendor_id', 'outbox', ['channel_account_id', 'vendor_id'], unique=False, postgresql_where=sa.text('vendor_id IS NOT NULL'))
    op.create_table('scheduled_notices',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True, comment='mail, where there is no conversation or beside it'),
    sa.Column('key', sa.Text(), nullable=False, comment='what it is about and for whom'),
    sa.Column('response', sa.Text(), nullable=False, comment='utter_… in domain/, or the name of a mail text'),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('template', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='TemplateUse for outside the service window'),
    sa.Column('purpose', sa.Text(), server_default='notice', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'entered', 'cancelled')", name=op.f('ck_scheduled_notices_state')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_scheduled_notices_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_scheduled_notices_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheduled_notices')),
    sa.UniqueConstraint('key', name=op.f('uq_scheduled_notices_key'))
    )
    op.create_index('ix_scheduled_notices_due_at', 'scheduled_notices', ['due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('tracker_events',
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('event', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_tracker_events_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_tracker_events_unit_units')),
    sa.PrimaryKeyConstraint('conversation_id', 'seq', name=op.f('pk_tracker_events'))
    )
    op.create_table('vacancy_questions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('vacancy_id', sa.Uuid(), nullable=False),
    sa.Column('ord', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), server_default='yes_no', nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('expected', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_vacancy_questions_unit_units')),
    sa.ForeignKeyConstraint(['vacancy_id'], ['vacancies.id'], name=op.f('fk_vacancy_questions_vacancy_id_vacancies'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vacancy_questions'))
    )
    op.create_index(op.f('ix_vacancy_questions_unit'), 'vacancy_questions', ['unit'], unique=False)
    op.create_index(op.f('ix_vacancy_questions_vacancy_id'), 'vacancy_questions', ['vacancy_id'], unique=False)
    op.create_table('vacancy_requirements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('vacancy_id', sa.Uuid(), nullable=False),
    sa.Column('ord', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), server_default='skill', nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('importance', sa.Text(), server_default='must', nullable=False),
    sa.Column('min_years', sa.Numeric(precision=4, scale=1), nullable=True),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_vacancy_requirements_unit_units')),
    sa.ForeignKeyConstraint(['vacancy_id'], ['vacancies.id'], name=op.f('fk_vacancy_requirements_vacancy_id_vacancies'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vacancy_requirements'))
    )
    op.create_index(op.f('ix_vacancy_requirements_unit'), 'vacancy_requirements', ['unit'], unique=False)
    op.create_index(op.f('ix_vacancy_requirements_vacancy_id'), 'vacancy_requirements', ['vacancy_id'], unique=False)
    op.create_table('application_moves',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('from_stage_id', sa.Uuid(), nullable=True),
    sa.Column('to_stage_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_application_moves_application_id_applications')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_application_moves_division_id_divisions')),
    sa.ForeignKeyConstraint(['from_stage_id'], ['stages.id'], name=op.f('fk_application_moves_from_stage_id_stages')),
    sa.ForeignKeyConstraint(['to_stage_id'], ['stages.id'], name=op.f('fk_application_moves_to_stage_id_stages')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_application_moves_unit_units')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_application_moves_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_moves'))
    )
    op.create_index(op.f('ix_application_moves_application_id'), 'application_moves', ['application_id'], unique=False)
    op.create_index(op.f('ix_application_moves_unit'), 'application_moves', ['unit'], unique=False)
    op.create_table('interviews',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('division_id', sa.Uuid(), nullable=True),
    sa.Column('slot_id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('interviewer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), server_default='booked', nullable=False),
    sa.Column('interviewer_answer', sa.Text(), server_default='pending', nullable=False),
    sa.Column('attendance_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by', sa.Text(), server_default='', nullable=False, comment='candidate, interviewer, consultant'),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('sequence', sa.Integer(), server_default='0', nullable=False, comment='of the calendar file (RFC 5545)'),
    sa.Column('generated', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('booked_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('booked', 'attended', 'missed', 'cancelled')", name=op.f('ck_interviews_state')),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_interviews_application_id_applications')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_interviews_division_id_divisions')),
    sa.ForeignKeyConstraint(['interviewer_id'], ['users.id'], name=op.f('fk_interviews_interviewer_id_users')),
    sa.ForeignKeyConstraint(['slot_id'], ['interview_slots.id'], name=op.f('fk_interviews_slot_id_interview_slots')),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_interviews_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interviews'))
    )
    op.create_index(op.f('ix_interviews_application_id'), 'interviews', ['application_id'], unique=False)
    op.create_index(op.f('ix_interviews_division_id'), 'interviews', ['division_id'], unique=False)
    op.create_index(op.f('ix_interviews_unit'), 'interviews', ['unit'], unique=False)
    op.create_index('uq_interviews_application_id', 'interviews', ['application_id'], unique=True, postgresql_where=sa.text("state = 'booked'"))
    op.create_index('uq_interviews_slot_id', 'interviews', ['slot_id'], unique=True, postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table('messages',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.UUID(), nullable=False),
    sa.Column('direction', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False, comment='person, bot, consultant'),
    sa.Column('user_id', sa.UUID(), nullable=True, comment='the consultant'),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), server_default='', nullable=False, comment='secrets masked'),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Inbound or Message'),
    sa.Column('intent', sa.Text(), nullable=True),
    sa.Column('confidence', sa.Text(), nullable=True),
    sa.Column('inbox_id', sa.BigInteger(), nullable=True),
    sa.Column('outbox_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("direction IN ('in', 'out')", name=op.f('ck_messages_direction')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_messages_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_messages_inbox_id_inbox'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_messages_outbox_id_outbox'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['unit'], ['units.code'], name=op.f('fk_messages_unit_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('inbox_id', name=op.f('uq_messages_inbox_id')),
    sa.UniqueConstraint('outbox_id', name=op.f('uq_messages_outbox_id'))
    )
    op.create_index('ix_messages_conversation_id_at', 'messages', ['conversation_id', 'at'], unique=False)
    # Lanes are updated with every message: room for HOT updates on the same page.
    for lane in ("chats", "conversations"):
        op.execute(f"ALTER TABLE {lane} SET (fillfactor = 70)")


def downgrade() -> None:
    op.drop_index('ix_messages_conversation_id_at', table_name='messages')
    op.drop_table('messages')
    op.drop_index('uq_interviews_slot_id', table_name='interviews', postgresql_where=sa.text("state <> 'cancelled'"))
    op.drop_index('uq_interviews_application_id', table_name='interviews', postgresql_where=sa.text("state = 'booked'"))
    op.drop_index(op.f('ix_interviews_unit'), table_name='interviews')
    op.drop_index(op.f('ix_interviews_division_id'), table_name='interviews')
    op.drop_index(op.f('ix_interviews_application_id'), table_name='interviews')
    op.drop_table('interviews')
    op.drop_index(op.f('ix_application_moves_unit'), table_name='application_moves')
    op.drop_index(op.f('ix_application_moves_application_id'), table_name='application_moves')
    op.drop_table('application_moves')
    op.drop_index(op.f('ix_vacancy_requirements_vacancy_id'), table_name='vacancy_requirements')
    op.drop_index(op.f('ix_vacancy_requirements_unit'), table_name='vacancy_requirements')
    op.drop_table('vacancy_requirements')
    op.drop_index(op.f('ix_vacancy_questions_vacancy_id'), table_name='vacancy_questions')
    op.drop_index(op.f('ix_vacancy_questions_unit'), table_name='vacancy_questions')
    op.drop_table('vacancy_questions')
    op.drop_table('tracker_events')
    op.drop_index('ix_scheduled_notices_due_at', table_name='scheduled_notices', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('scheduled_notices')
    op.drop_index('ix_outbox_vendor_id', table_name='outbox', postgresql_where=sa.text('vendor_id IS NOT NULL'))
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.drop_index('ix_outbox_conversation_id', table_name='outbox')
    op.drop_index('ix_outbox_chat_open', table_name='outbox', postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.drop_table('outbox')
    op.drop_index(op.f('ix_one_time_codes_unit'), table_name='one_time_codes')
    op.drop_index(op.f('ix_one_time_codes_conversation_id'), table_name='one_time_codes')
    op.drop_table('one_time_codes')
    op.drop_table('offered_options')
    op.drop_index(op.f('ix_interview_slots_vacancy_id'), table_name='interview_slots')
    op.drop_index('ix_interview_slots_unit_starts_at', table_name='interview_slots')
    op.drop_index(op.f('ix_interview_slots_unit'), table_name='interview_slots')
    op.drop_index(op.f('ix_interview_slots_interviewer_id'), table_name='interview_slots')
    op.drop_index(op.f('ix_interview_slots_division_id'), table_name='interview_slots')
    op.drop_table('interview_slots')
    op.drop_index('uq_handoffs_open', table_name='handoffs', postgresql_where=sa.text("state IN ('queued', 'with_person')"))
    op.drop_index(op.f('ix_handoffs_unit'), table_name='handoffs')
    op.drop_index(op.f('ix_handoffs_conversation_id'), table_name='handoffs')
    op.drop_table('handoffs')
    op.drop_index('ix_applications_vacancy_id_stage_id', table_name='applications')
    op.drop_index('ix_applications_unit_created_at', table_name='applications')
    op.drop_index(op.f('ix_applications_unit'), table_name='applications')
    op.drop_index(op.f('ix_applications_profile_id'), table_name='applications')
    op.drop_index(op.f('ix_applications_person_id'), table_name='applications')
    op.drop_index(op.f('ix_applications_division_id'), table_name='applications')
    op.drop_table('applications')
    op.drop_table('action_replies')
    op.drop_index('ix_vacancies_unit_state_published_at', table_name='vacancies')
    op.drop_index(op.f('ix_vacancies_unit'), table_name='vacancies')
    op.drop_index('ix_vacancies_open', table_name='vacancies', postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f('ix_vacancies_division_id'), table_name='vacancies')
    op.drop_index(op.f('ix_vacancies_company_id'), table_name='vacancies')
    op.drop_table('vacancies')
    op.drop_index('ix_inbox_waiting', table_name='inbox', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('inbox')
    op.drop_index('ix_conversations_unit_last_message_at', table_name='conversations')
    op.drop_index('ix_conversations_person_id', table_name='conversations')
    op.drop_table('conversations')
    op.drop_index(op.f('ix_identities_unit'), table_name='identities')
    op.drop_index(op.f('ix_identities_person_id'), table_name='identities')
    op.drop_table('identities')
    op.drop_index(op.f('ix_grants_user_id'), table_name='grants')
    op.drop_table('grants')
    op.drop_index(op.f('ix_contacts_unit'), table_name='contacts')
    op.drop_index(op.f('ix_contacts_company_id'), table_name='contacts')
    op.drop_table('contacts')
    op.drop_index('ix_chats_person_id', table_name='chats')
    op.drop_index('ix_chats_due', table_name='chats', postgresql_where=sa.text('due IS NOT NULL'))
    op.drop_table('chats')
    op.drop_index('ix_unit_profiles_unit_updated_at', table_name='unit_profiles')
    op.drop_index(op.f('ix_unit_profiles_unit'), table_name='unit_profiles')
    op.drop_index(op.f('ix_unit_profiles_rfc_hash'), table_name='unit_profiles')
    op.drop_index(op.f('ix_unit_profiles_person_id'), table_name='unit_profiles')
    op.drop_index('ix_unit_profiles_email', table_name='unit_profiles')
    op.drop_index(op.f('ix_unit_profiles_curp_hash'), table_name='unit_profiles')
    op.drop_table('unit_profiles')
    op.drop_index(op.f('ix_stored_events_unit'), table_name='stored_events')
    op.drop_index('ix_stored_events_open', table_name='stored_events', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_table('stored_events')
    op.drop_index(op.f('ix_stages_unit'), table_name='stages')
    op.drop_table('stages')
    op.drop_index(op.f('ix_referrals_unit'), table_name='referrals')
    op.drop_index(op.f('ix_referrals_inviter_id'), table_name='referrals')
    op.drop_table('referrals')
    op.drop_index(op.f('ix_message_templates_unit'), table_name='message_templates')
    op.drop_table('message_templates')
    op.drop_index(op.f('ix_divisions_unit'), table_name='divisions')
    op.drop_table('divisions')
    op.drop_index(op.f('ix_consents_unit'), table_name='consents')
    op.drop_index(op.f('ix_consents_person_id'), table_name='consents')
    op.drop_table('consents')
    op.drop_index('ix_companies_unit_name', table_name='companies')
    op.drop_index(op.f('ix_companies_unit'), table_name='companies')
    op.drop_table('companies')
    op.drop_table('channel_accounts')
    op.drop_index('ix_audit_entries_object', table_name='audit_entries')
    op.drop_index('ix_audit_entries_at', table_name='audit_entries')
    op.drop_table('audit_entries')
    op.drop_table('users')
    op.drop_table('units')
    op.drop_table('quarantine')
    op.drop_table('people')
    op.drop_table('channel_apps')
