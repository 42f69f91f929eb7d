using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Tokenizers;
using Reference = Tokenizers.DotNet.Tokenizer;

namespace CheckpointBuild.Benchmarks;

/// <summary>Megabytes of text a second turned into ids, beside the reference's Rust library through its .NET binding: same files, same text, one core, same process, in turns.</summary>
internal static class TokenizerRatio
{
    private const int Rounds = 3;
    private const int MostCharacters = 16_000_000;

    /// <summary>Prints each round and the ratio of the best ones.</summary>
    /// <param name="folder">A folder with a <c>tokenizer.json</c>.</param>
    public static void Run(string folder)
    {
        // One core, as the claim has it: neither library gets helpers. (The binding's library reads this once.)
        Environment.SetEnvironmentVariable("TOKENIZERS_PARALLELISM", "false");
        Environment.SetEnvironmentVariable("RAYON_NUM_THREADS", "1");
        string[] entries = Corpus();
        double megabytes = entries.Sum(e => (long)Encoding.UTF8.GetByteCount(e)) / 1e6;
        Tokenizer ours = Tokenizer.Create(TokenizerFiles.Read(new TokenizerFolder(folder, TokenizerFolder.NamesIn(folder), name => File.ReadAllBytes(Path.Combine(folder, name)))));
        var theirs = new Reference(Path.Combine(folder, "tokenizer.json"));
        Console.WriteLine($"{ours}; {megabytes:F1} MB in {entries.Length:N0} texts");

        var ownSpeeds = new List<double>();
        var otherSpeeds = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            ownSpeeds.Add(Measure("managed", megabytes, entries, text => ours.Encode(text).Length));
            otherSpeeds.Add(Measure("reference", megabytes, entries, text => theirs.Encode(text).Length));
        }

        Console.WriteLine($"best of {Rounds}, managed / reference: {ownSpeeds.Max() / otherSpeeds.Max():F1}");
    }

    private static double Measure(string name, double megabytes, string[] entries, Func<string, int> encode)
    {
        long ids = 0;
        var clock = Stopwatch.StartNew();
        foreach (string entry in entries)
        {
            ids += encode(entry);
        }

        double speed = megabytes / clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{name,-10} {speed,6:F1} MB/s   {ids:N0} ids");
        return speed;
    }

    /// <summary>The documentation of the .NET reference packs on this machine, in texts of a few thousand characters.</summary>
    private static string[] Corpus()
    {
        string packs = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs"));
        var entries = new List<string>();
        int characters = 0;
        foreach (string file in Directory.EnumerateFiles(packs, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string[] members = File.ReadAllText(file).Split("</member>");
            foreach (string[] group in members.Chunk(8))
            {
                string entry = string.Concat(group);
                characters += entry.Length;
                entries.Add(entry);
                if (characters >= MostCharacters)
                {
                    return [.. entries];
                }
            }
        }

        return [.. entries];
    }
}
