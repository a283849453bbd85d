// Reads a feed with one of the libraries here, prints what it shows as JSON (../shown.py).
// node read.mjs rss-parser|feedsmith URL
import Parser from 'rss-parser'
import { parseFeed } from 'feedsmith'

const [library, url] = process.argv.slice(2)

const readers = {
  'rss-parser': async () => (await new Parser().parseURL(url)).items.map(fromRssParser),
  feedsmith: async () => {
    // It parses only; Node's own client fetches.
    const { format, feed } = parseFeed(await (await fetch(url)).text())
    return format === 'atom' ? feed.entries.map(fromAtom) : feed.items.map(fromFeedsmith[format])
  },
}

function fromRssParser(item) {
  return {
    id: item.guid ?? item.id,
    title: item.title,
    link: item.link,
    // In RSS `content` is the description, in Atom the content.
    summary: item.guid ? item.content : item.summary,
    content: item['content:encoded'] ?? (item.guid ? undefined : item.content),
    published: item.isoDate,
    authors: [item.creator ?? item.author],
    categories: item.categories?.map((category) => category._ ?? category),
    enclosures: item.enclosure && [item.enclosure.url],
    language: item.language,
    rights: item.rights,
    duration: item.itunes?.duration,
  }
}

const fromFeedsmith = {
  rss: (item) => ({
    id: item.guid?.value,
    title: item.title,
    link: item.link,
    summary: item.description,
    content: item.content?.encoded,
    published: iso(item.pubDate),
    updated: iso(item.atom?.updated),
    authors: item.dc?.creators,
    categories: item.categories?.map((category) => category.name),
    enclosures: item.enclosures?.map((enclosure) => enclosure.url),
    language: item.dc?.languages?.[0],
    rights: item.dc?.rights?.[0],
    duration: item.itunes?.duration,
    ...pictures(item.media),
  }),
  json: (item) => ({
    id: item.id,
    title: item.title,
    link: item.url,
    summary: item.summary,
    content: item.content_html,
    published: iso(item.date_published),
    updated: iso(item.date_modified),
    authors: item.authors?.map((author) => author.name),
    categories: item.tags,
    enclosures: item.attachments?.map((attachment) => attachment.url),
    captions: item.attachments?.map((attachment) => attachment.title),
    language: item.language,
    duration: item.attachments?.find((file) => file.duration_in_seconds)?.duration_in_seconds,
  }),
}

function fromAtom(entry) {
  const links = (rel) => entry.links?.filter((link) => (link.rel ?? 'alternate') === rel)
  return {
    id: entry.id,
    title: entry.title?.value,
    link: links('alternate')?.[0]?.href,
    summary: entry.summary?.value,
    content: entry.content?.value,
    published: iso(entry.published),
    updated: iso(entry.updated),
    authors: entry.authors?.map((author) => author.name),
    categories: entry.categories?.map((category) => category.label ?? category.term),
    enclosures: links('enclosure')?.map((link) => link.href),
    language: entry.xml?.lang,
    rights: entry.rights?.value,
    duration: entry.media?.contents?.find((file) => file.duration)?.duration,
    ...pictures(entry.media),
  }
}

function pictures(media) {
  // What several sizes of one picture share stands in their group.
  const files = [...(media?.contents ?? []), ...(media?.groups ?? [])]
  return {
    captions: files.map((file) => file.description?.value),
    credits: files.flatMap((file) => file.credits ?? []).map((credit) => credit.value),
  }
}

function iso(date) {
  return date && new Date(date).toISOString()
}

console.log(JSON.stringify(await readers[library]()))
