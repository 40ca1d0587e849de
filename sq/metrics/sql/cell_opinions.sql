-- one row per band of a group (favourable, neutral, unfavourable), or per category where the whole scale is shown
SELECT '' AS band, category, share, coalesce(share_limit, '') AS "limit", 0 AS position FROM cell_categories WHERE cell_key = ?
UNION ALL
SELECT u.band, NULL, u.share, u."limit", u.position
FROM cells AS c, (VALUES ('favourable', c.favourable, c.favourable_limit, 1), ('neutral', c.neutral, c.neutral_limit, 2),
    ('unfavourable', c.unfavourable, c.unfavourable_limit, 3)) AS u(band, share, "limit", position)
WHERE c.cell_key = ? AND u.share IS NOT NULL
ORDER BY position, category
