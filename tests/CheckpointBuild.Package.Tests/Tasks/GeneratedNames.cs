using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CheckpointBuild.Building;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The files that name every metadata or every code, as the lists in code make them: item definitions, property page, editor schema, the table of the reference, and the page that help links lead to.</summary>
internal static partial class GeneratedNames
{
    private const string Page = "src/CheckpointBuild.Tasks/REFERENCE.md";
    private const string Schema = "build/CheckpointBuild.Tasks.targets.buildschema.json";
    private const string PropertyPage = "build/CheckpointBuild.Tasks.ModelCheckpoint.xaml";
    private const string Props = "build/CheckpointBuild.Tasks.props";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What the tasks and targets read themselves, and names of the contract that this version does not offer yet.
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["OutputSubdirectory"] = "The folder below the output that holds the engine's folder; default: models.",
        ["CopyToOutput"] = "Whether the engine is copied to the build's output; default: true.",
        ["CopyToPublish"] = "Whether the engine is published; default: true.",
        ["Pack"] = "Whether the project's package carries the engine; default: false.",
        ["PackagePath"] = "The engine's folder inside the package; default: the one that it has in the output.",
        ["Workers"] = "Threads that build this engine; default: every processor. It changes no byte.",
    };

    /// <summary>The files, relative to the repository.</summary>
    internal static IReadOnlyList<string> Files { get; } = [Props, PropertyPage, Schema, Page, CodesPage.File];

    /// <summary>A file as it must be.</summary>
    internal static string RightTextOf(string file) => file switch
    {
        Props => Between(Read(Props), "    <ModelCheckpoint>\n", "    </ModelCheckpoint>\n", Names.Select(n => $"      <{n}>$(CheckpointBuild{n})</{n}>\n")),
        PropertyPage => Between(Read(PropertyPage), "    </Rule.DataSource>\n", "  </Rule>\n", Names.Select(n => $"    <{(IsSwitch(n) ? "Bool" : "String")}Property Name=\"{n}\" DisplayName=\"{n}\" Description=\"{SecurityElement.Escape(HelpOf(n))}\" />\n")),
        Page => Between(Read(Page), "<!-- list:metadata -->\n", "<!-- /list -->", Names.Select(n => $"| {n} | {OptionOf(n)} | {HelpOf(n).Replace("|", "\\|", StringComparison.Ordinal)} |\n").Prepend("|---|---|---|\n").Prepend("| metadata | option | |\n")),
        CodesPage.File => CodesPage.RightText(),
        _ => SchemaText(),
    };

    private static IEnumerable<string> Names => CheckpointMetadata.Placement.Concat(CheckpointMetadata.Recipe);

    private static bool IsSwitch(string name) => CheckpointMetadata.Switches.Contains(name);

    private static string HelpOf(string name) => RecipeField.Find(name)?.Help ?? Own.GetValueOrDefault(name) ?? $"{Words().Replace(name, " $0").Trim()}: not offered by this version yet, and refused by code.";

    private static string OptionOf(string name) => RecipeField.Find(name) is { } field ? $"`{field.Option}`" : "";

    private static string SchemaText()
    {
        JsonObject Described(string description, bool isSwitch = false) => new() { ["description"] = description, ["type"] = isSwitch ? "bool" : "string" };
        var properties = new JsonObject(Rows("properties").Select(r => KeyValuePair.Create(r.Name, (JsonNode?)Described(r.Text))));
        foreach (string name in Names)
        {
            properties["CheckpointBuild" + name] = Described($"Default of the metadata {name} for all items. {HelpOf(name)}", IsSwitch(name));
        }

        var item = new JsonObject
        {
            ["description"] = "A model checkpoint that the build turns into an engine.",
            ["includeDescription"] = "A folder, a weights file, or a pattern of configuration files such as models/*/config.json",
            ["type"] = "file-or-folder",
            ["metadata"] = new JsonObject(Names.Select(n => KeyValuePair.Create(n, (JsonNode?)Described(HelpOf(n), IsSwitch(n))))),
        };
        return new JsonObject
        {
            ["license"] = "MIT",
            ["properties"] = properties,
            ["items"] = new JsonObject { ["ModelCheckpoint"] = item },
            ["targets"] = new JsonObject(Rows("targets").Select(r => KeyValuePair.Create(r.Name, (JsonNode?)r.Text))),
        }.ToJsonString(Indented) + "\n";
    }

    private static IEnumerable<(string Name, string Text)> Rows(string table) =>
        File.ReadAllLines(Path.Combine(RepositoryPaths.Root, Page)).SkipWhile(l => l != $"<!-- list:{table} -->").Skip(3).TakeWhile(l => l != "<!-- /list -->").Select(l => l.Split('|')).Select(c => (c[1].Trim(), c[2].Trim()));

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryPaths.Root, file));

    private static string Between(string text, string begin, string end, IEnumerable<string> lines)
    {
        int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[..start] + string.Concat(lines) + text[text.IndexOf(end, start, StringComparison.Ordinal)..];
    }

    [GeneratedRegex("(?<!^)[A-Z](?![A-Z])")]
    private static partial Regex Words();
}
