"""Backup and restore of the embedded PostgreSQL, and of the files beside it.

What a store (a folder, or `s3://bucket/prefix`) holds:

    bases/<time>/base.tar.gz pg_wal.tar.gz backup_manifest manifest.json   a base backup; manifest.json comes last
    wal/<segment>                          the write-ahead log since, for any point in time
    media/<..>/<hash>                      files that people sent
    erasures/<id>.json                     who was erased and when: played again after a restore
    secrets.sealed                         var/secrets.env under BACKUP_PASSPHRASE, where one is set

An outside PostgreSQL has tools of its own (docs/operators.md); its erasures and media are kept here all the same.
"""
