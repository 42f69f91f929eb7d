using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt cache list|verify|prune</c>: the cache that is shared with the official client.</summary>
internal sealed class CacheVerb() : Verb("cache")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams) => new(Name, "Looks after the shared cache of fetched models.") { List(streams), Verify(streams), Prune(streams) };

    private static Command List(ToolStreams streams)
    {
        var command = new Command("list", "Shows what lies in the cache: name, bytes, revisions with their commits.");
        SetAction(command, (_, _) =>
        {
            foreach (CachedModel model in new HubCacheInventory(HubSettings.FromEnvironment()).List())
            {
                string revisions = string.Join(' ', model.Revisions.Select(r => $"{r.Key}={r.Value}").Concat(model.Commits.Except(model.Revisions.Values)));
                streams.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hf:{model.Name}\t{model.Size}\t{revisions}"));
            }
        });
        return command;
    }

    private static Command Verify(ToolStreams streams)
    {
        var command = new Command("verify", "Reads every content and holds it against its hash.");
        SetAction(command, (_, cancellation) => Verify(streams, cancellation));
        return command;
    }

    private static void Verify(ToolStreams streams, CancellationToken cancellation)
    {
        var inventory = new HubCacheInventory(HubSettings.FromEnvironment());
        string? first = null;
        int count = 0;
        foreach (CachedModel model in inventory.List())
        {
            (string Path, string Found)[] damaged = [.. inventory.Damaged(model, cancellation)];
            foreach ((string path, string found) in damaged)
            {
                streams.Output.WriteLine($"{path}\t{found}");
            }

            first ??= damaged.FirstOrDefault().Path;
            count += damaged.Length;
            streams.Error.WriteLine($"hf:{model.Name}: {(damaged.Length == 0 ? "right" : $"{damaged.Length} damaged")}");
        }

        if (first is not null)
        {
            throw Errors.CacheDamaged(first, count);
        }
    }

    private static Command Prune(ToolStreams streams)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        var command = new Command("prune", "Deletes commits that no branch or tag names, those that only a lock file names too, contents that nothing links to, and downloads that were given up. What another process is fetching stays.") { dryRun };
        SetAction(command, (parsed, cancellation) =>
        {
            var inventory = new HubCacheInventory(HubSettings.FromEnvironment());
            foreach (CachedModel model in inventory.List())
            {
                foreach (string path in inventory.Unneeded(model))
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (parsed.GetValue(dryRun) || inventory.Delete(model, path))
                    {
                        streams.Output.WriteLine(path);
                    }
                }
            }
        });
        return command;
    }
}
