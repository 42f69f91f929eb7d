using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Vendors;

/// <summary>Looks at a folder that <c>trtllm-build</c> has left: its configuration, and one engine for each rank.</summary>
internal static class TrtllmEngineCheck
{
    private const string ConfigName = "config.json";

    /// <summary>Checks a folder.</summary>
    /// <param name="folder">The engine's folder.</param>
    /// <param name="version">The tool's version.</param>
    /// <param name="checkpoint">The configuration of the checkpoint that it was built from.</param>
    /// <exception cref="CheckpointException">CKPT3235 for a file that is not there or empty, CKPT3241 for another version, CKPT3242 for another number of ranks.</exception>
    public static void Check(string folder, string version, JsonObject checkpoint)
    {
        RefuseMissing(folder, ConfigName);
        string path = Path.Combine(folder, ConfigName);
        JsonObject config = JsonObject.Create(JsonFile.Parse(path, File.ReadAllBytes(path))) ?? throw Errors.EngineIncomplete(folder, ConfigName);
        string found = config["version"] is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : "none";
        if (found != version)
        {
            throw Errors.EngineOfOtherVersion(path, found, version);
        }

        int ranks = WorldSize(checkpoint), built = config["pretrained_config"] is JsonObject pretrained ? WorldSize(pretrained) : 0;
        if (built != ranks)
        {
            throw Errors.EngineOfOtherRanks(path, built, ranks);
        }

        for (int rank = 0; rank < ranks; rank++)
        {
            RefuseMissing(folder, string.Create(CultureInfo.InvariantCulture, $"rank{rank}.engine"));
        }
    }

    private static void RefuseMissing(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists || file.Length == 0)
        {
            throw Errors.EngineIncomplete(folder, name);
        }
    }

    private static int WorldSize(JsonObject config) => config["mapping"]?["world_size"] is JsonValue value && value.TryGetValue(out int size) ? size : 1;
}
