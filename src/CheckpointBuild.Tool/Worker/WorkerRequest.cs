using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Worker;

/// <summary>What the tasks ask for.</summary>
/// <param name="Task">The task that asks.</param>
/// <param name="Store">The store's root; null = the user's.</param>
/// <param name="FallbackStore">The store's root where the user has no folder for one; null = none.</param>
/// <param name="Force">Whether everything is built anew.</param>
/// <param name="Verify">Whether every source file is read again.</param>
/// <param name="Plan">Whether keys are all that is wanted: nothing is built.</param>
/// <param name="MaxParallelism">The most threads that build; null = every processor's.</param>
/// <param name="Names">How models by name are restored.</param>
/// <param name="Plugins">Assemblies of plug-ins, or folders that hold one each.</param>
/// <param name="Items">The checkpoints.</param>
internal sealed record WorkerRequest(string Task, string? Store, string? FallbackStore, bool Force, bool Verify, bool Plan, int? MaxParallelism, WorkerNames Names, ImmutableArray<string> Plugins, ImmutableArray<WorkerItem> Items)
{
    /// <summary>The task that only fetches.</summary>
    public const string RestoreTask = "RestoreCheckpoints";

    private const int Protocol = 1;

    /// <summary>Reads a request file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The request.</returns>
    /// <exception cref="CheckpointException">CKPT9003 when it is of another version or damaged.</exception>
    public static WorkerRequest Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.GetProperty("protocol").GetInt32() != Protocol)
            {
                throw Errors.BadRequest(path, $"protocol {root.GetProperty("protocol")}, {Protocol} is spoken here");
            }

            return new WorkerRequest(
                Text(root, "task") ?? "BuildEngine",
                Text(root, "store"),
                Text(root, "fallbackStore"),
                Flag(root, "force"),
                Flag(root, "verify"),
                Flag(root, "plan"),
                Text(root, "maxParallelism") is { } most ? WorkerItem.ParseThreads("max-parallelism", most) : null,
                new WorkerNames(Text(root, "lockFile"), Text(root, "assetsFile"), Flag(root, "offline"), Flag(root, "locked"), Flag(root, "updateLock")) { IsPlan = Flag(root, "plan"), IsWhole = Flag(root, "whole") },
                root.TryGetProperty("plugins", out JsonElement plugins) ? [.. plugins.EnumerateArray().Select(p => p.GetString()!)] : [],
                [.. root.GetProperty("items").EnumerateArray().Select(ReadItem)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw Errors.BadRequest(path, e.Message);
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static WorkerItem ReadItem(JsonElement item) => new(
        item.GetProperty("source").GetString()!,
        Text(item, "engineName"),
        Text(item, "name"),
        item.GetProperty("metadata").EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.OrdinalIgnoreCase));
}
