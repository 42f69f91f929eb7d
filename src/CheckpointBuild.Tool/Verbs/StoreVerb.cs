using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt store list|verify|gc</c>: what the store of built products holds, whether it is sound, and making it smaller.</summary>
internal sealed class StoreVerb() : Verb("store")
{
    private const int ShortKey = 12;

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var command = new Command(Name, "Lists, verifies and shrinks the store of built products.");
        command.Subcommands.Add(List(streams));
        command.Subcommands.Add(Verify(streams));
        command.Subcommands.Add(Collect(streams));
        return command;
    }

    private static Command List(ToolStreams streams)
    {
        Option<string> root = RootOption();
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("list", "Lists the products, those used last first.") { root, json };
        SetAction(command, (parsed, _) =>
        {
            IReadOnlyList<StoredProduct> products = Open(parsed.GetValue(root)).List();
            if (parsed.GetValue(json))
            {
                streams.Output.WriteLine(new JsonArray([.. products.Select(Json)]).ToJsonString());
                return;
            }

            foreach (StoredProduct product in products)
            {
                streams.Output.WriteLine(Line(product));
            }

            streams.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count(products.Count, "product")}, {products.Sum(p => p.Bytes) / 1e6:F1} MB"));
        });
        return command;
    }

    private static Command Verify(ToolStreams streams)
    {
        Option<string> root = RootOption();
        var command = new Command("verify", "Holds every product against its report, byte by byte.") { root };
        SetAction(command, (parsed, cancellation) =>
        {
            Store store = Open(parsed.GetValue(root));
            int damaged = 0, sound = 0;
            foreach (StoredProduct product in store.List())
            {
                cancellation.ThrowIfCancellationRequested();
                if (Store.FaultOf(product) is { } fault)
                {
                    damaged++;
                    streams.Output.WriteLine($"{product.Key} damaged: {fault}");
                }
                else
                {
                    sound++;
                }
            }

            streams.Output.WriteLine($"{Count(sound, "product")} {(sound == 1 ? "is" : "are")} sound");
            if (damaged > 0)
            {
                throw Errors.StoreWrong(store.Root, damaged);
            }
        });
        return command;
    }

    private static Command Collect(ToolStreams streams)
    {
        Option<string> root = RootOption();
        var size = new Option<string>("--max-size") { Description = "What may stay, such as 20GB; those used longest ago go first, never one that a build works on or wanted in the last minutes." };
        var damaged = new Option<bool>("--damaged") { Description = "Remove products that do not match their report." };
        var command = new Command("gc", "Removes what killed builds left, and products that were used longest ago.") { root, size, damaged };
        SetAction(command, (parsed, cancellation) =>
        {
            Store store = Open(parsed.GetValue(root));
            long? most = parsed.GetValue(size) is { } text ? RecipeField.ParseSize(text, "max-size") : null;
            List<StoredProduct> removed = [];
            foreach (StoredProduct product in parsed.GetValue(damaged) ? store.List() : [])
            {
                cancellation.ThrowIfCancellationRequested();
                if (Store.FaultOf(product) is not null && store.TryRemove(product))
                {
                    removed.Add(product);
                }
            }

            removed.AddRange(store.Collect(most));
            removed.ForEach(p => streams.Output.WriteLine("removed " + Line(p)));
            streams.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count(removed.Count, "product")} removed, {removed.Sum(p => p.Bytes) / 1e6:F1} MB"));
            if (most is { } wanted)
            {
                SayWhatStays(store, wanted, streams);
            }
        });
        return command;
    }

    // Who asked for less than what stays learns why: otherwise "0 products removed" looks like a fault.
    private static void SayWhatStays(Store store, long most, ToolStreams streams)
    {
        IReadOnlyList<StoredProduct> kept = store.List();
        long bytes = kept.Sum(p => p.Bytes);
        if (bytes > most)
        {
            streams.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Count(kept.Count, "product")} of {bytes / 1e6:F1} MB in all {(kept.Count == 1 ? "stays" : "stay")}, more than {most / 1e6:F1} MB: a build works on them, or wanted them in the last {Store.Grace.TotalMinutes:F0} minutes"));
        }
    }

    private static Option<string> RootOption() => new("--store") { Description = "The store's folder (CheckpointBuildStoreRoot); the user's own where absent." };

    private static Store Open(string? root) => new(root ?? Store.DefaultRoot ?? throw Errors.EmptyValue("--store"));

    private static string Line(StoredProduct product) => string.Create(
        CultureInfo.InvariantCulture, $"{product.Key[..ShortKey]}  {product.Bytes / 1e6,10:F1} MB  {product.LastUse:yyyy-MM-dd HH:mm}  {product.Engine ?? "damaged"}  {product.Name}");

    private static JsonObject Json(StoredProduct product) => new()
    {
        ["key"] = product.Key,
        ["name"] = product.Name,
        ["engine"] = product.Engine,
        ["bytes"] = product.Bytes,
        ["lastUse"] = product.LastUse.ToString("O", CultureInfo.InvariantCulture),
        ["directory"] = product.Directory,
    };
}
