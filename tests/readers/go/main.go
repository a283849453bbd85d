// Reads a feed with gofeed, prints what it shows as JSON (../shown.py): main URL
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
)

type item struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Link       string     `json:"link"`
	Summary    string     `json:"summary"`
	Content    string     `json:"content"`
	Published  *time.Time `json:"published"`
	Updated    *time.Time `json:"updated"`
	Authors    []string   `json:"authors"`
	Categories []string   `json:"categories"`
	Enclosures []string   `json:"enclosures"`
	Captions   []string   `json:"captions"`
	Credits    []string   `json:"credits"`
	Language   string     `json:"language"`
	Rights     string     `json:"rights"`
	Duration   string     `json:"duration"`
}

func main() {
	feed, err := gofeed.NewParser().ParseURL(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	items := []item{}
	for _, each := range feed.Items {
		items = append(items, shown(each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(items); err != nil {
		log.Fatal(err)
	}
}

func shown(it *gofeed.Item) item {
	said := item{
		ID: it.GUID, Title: it.Title, Link: it.Link, Summary: it.Description, Content: it.Content,
		Published: it.PublishedParsed, Updated: it.UpdatedParsed, Categories: it.Categories,
	}
	for _, author := range it.Authors {
		said.Authors = append(said.Authors, strings.TrimSpace(author.Name+" "+author.Email))
	}
	for _, enclosure := range it.Enclosures {
		said.Enclosures = append(said.Enclosures, enclosure.URL)
	}
	media := it.Extensions["media"]
	// What several sizes of one picture share stands in their group.
	for _, file := range slices.Concat(media["content"], media["group"]) {
		said.Captions = append(said.Captions, values(file.Children["description"])...)
		said.Credits = append(said.Credits, values(file.Children["credit"])...)
		said.Duration = cmp.Or(said.Duration, file.Attrs["duration"])
	}
	if dublinCore := it.DublinCoreExt; dublinCore != nil {
		said.Language = strings.Join(dublinCore.Language, ", ")
		said.Rights = strings.Join(dublinCore.Rights, ", ")
	}
	return said
}

func values(extensions []ext.Extension) []string {
	found := []string{}
	for _, extension := range extensions {
		found = append(found, extension.Value)
	}
	return found
}
