// A client of c2sp.org/tlog-tiles that shares no code with the ledger: checkpoints and tiles are read by
// golang.org/x/mod/sumdb. It is given a log's public key and where its files are, a folder or an address,
// and accepts them or says what it does not accept.
//
//	tlog-client [-token T] [-old FILE] VKEY PREFIX
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

var (
	token = flag.String("token", "", "bearer token, where PREFIX is an address")
	old   = flag.String("old", "", "a checkpoint that was kept: the log must have grown from it")
)

func main() {
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlog-client [-token T] [-old FILE] VKEY PREFIX")
		os.Exit(2)
	}
	if err := check(flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func check(vkey, prefix string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	text, err := get(prefix, "checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(text, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	log := tlog.TileHashReader(tree, tiles{prefix})
	if err := checkEntries(prefix, tree, log); err != nil {
		return err
	}
	fmt.Printf("accepted: %s, %d entries, each with its proof\n", verifier.Name(), tree.N)
	if *old == "" {
		return nil
	}
	return checkGrown(tree, log, verifier)
}

// open verifies a signed note and reads it as a checkpoint.
func open(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("another log's")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("its root is none")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// checkEntries hashes every entry, and has every one proven by the tiles.
func checkEntries(prefix string, tree tlog.Tree, log tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := min(tree.N-first, 1<<tileHeight)
		path := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: int(width)}.Path()
		bundle, err := get(prefix, strings.Replace(path, "tile/8/0/", "tile/entries/", 1))
		if err != nil {
			return err
		}
		for id := first; id < first+width; id++ {
			var entry []byte
			if entry, bundle, err = next(bundle); err != nil {
				return fmt.Errorf("entry %d: %w", id, err)
			}
			proof, err := tlog.ProveRecord(tree.N, id, log)
			if err != nil {
				return fmt.Errorf("entry %d: %w", id, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, id, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %w", id, err)
			}
		}
		if len(bundle) > 0 {
			return fmt.Errorf("after entry %d: more than there is", first+width-1)
		}
	}
	return nil
}

// next takes the first of some entries, each of which has its length before it.
func next(bundle []byte) (entry, rest []byte, err error) {
	if len(bundle) < 2 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	length := int(binary.BigEndian.Uint16(bundle))
	if len(bundle) < 2+length {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return bundle[2 : 2+length], bundle[2+length:], nil
}

// checkGrown has it proven that a checkpoint which was kept is the beginning of the newest.
func checkGrown(tree tlog.Tree, log tlog.HashReader, verifier note.Verifier) error {
	text, err := os.ReadFile(*old)
	if err != nil {
		return err
	}
	before, err := open(text, verifier)
	if err != nil {
		return fmt.Errorf("the checkpoint that was kept: %w", err)
	}
	proof, err := tlog.ProveTree(tree.N, before.N, log)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return fmt.Errorf("not grown from the one that was kept: %w", err)
	}
	fmt.Printf("accepted: grown from %d\n", before.N)
	return nil
}

// tiles reads hash tiles. c2sp.org/tlog-tiles leaves their height out of the path, since it is always 8.
type tiles struct{ prefix string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		bytes, err := get(t.prefix, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		found[i] = bytes
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

var kept = map[string][]byte{}

// get reads a file of the log: of a folder, or from an address.
func get(prefix, path string) ([]byte, error) {
	if bytes, ok := kept[path]; ok {
		return bytes, nil
	}
	bytes, err := fetch(prefix, path)
	if err == nil {
		kept[path] = bytes
	}
	return bytes, err
}

func fetch(prefix, path string) ([]byte, error) {
	if !strings.HasPrefix(prefix, "http://") && !strings.HasPrefix(prefix, "https://") {
		return os.ReadFile(prefix + "/" + path)
	}
	request, err := http.NewRequest("GET", prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if *token != "" {
		request.Header.Set("Authorization", "Bearer "+*token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
