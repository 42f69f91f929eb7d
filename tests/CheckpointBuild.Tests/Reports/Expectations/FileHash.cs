using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>sha256</c>: a file's hash.</summary>
internal sealed class FileHash : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string expected = json.GetProperty("sha256").GetString()!;
        return FilesOf(json, run).Select(f => (File: f, Hash: Hash.OfFile(f))).Where(f => f.Hash != expected).Select(f => $"{f.File} has {f.Hash}, {expected} is right");
    }
}
