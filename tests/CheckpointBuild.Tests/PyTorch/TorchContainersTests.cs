using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>torch-containers</c>: what must be read, what must be refused by name, and what must never be believed.</summary>
public sealed class TorchContainersTests(ITestOutputHelper output)
{
    private static readonly string[] Fillers = ["file", "data", "without", "content", "legacy", "real", "size", "torch", "builtins", "copy", "format"];
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torch-containers");
    private static readonly GoldenTopic Accepted = Topic.Topic("accepted");
    private static readonly GoldenTopic HandMade = Topic.Topic("hand-made");
    private static readonly GoldenTopic Unsupported = Topic.Topic("unsupported");
    private static readonly GoldenTopic Hostile = Topic.Topic("hostile");

    public static TheoryData<string> AcceptedFiles => Accepted.Cases(Listed);

    public static TheoryData<string> HandMadeFiles => HandMade.Cases(Listed);

    public static TheoryData<string> UnsupportedFiles => Unsupported.Cases(t => t.Files("*.pt"));

    public static TheoryData<string> HostileFiles => Hostile.Cases(t => t.Files("*.pt").Where(f => !f.StartsWith("mutation", StringComparison.Ordinal)));

    public static TheoryData<string> MutationBases => Hostile.Cases(t => t.Files("mutation*.pt"));

    [Theory]
    [MemberData(nameof(AcceptedFiles))]
    public void Read_of_accepted_files_gives_what_is_listed(string name) => CheckListing(Accepted, name);

    [Theory]
    [MemberData(nameof(HandMadeFiles))]
    public void Read_of_hand_made_files_gives_what_is_listed(string name)
    {
        // Bytes that stand among the hostile files as well, to be refused, cannot be accepted: a zip program packed every record.
        if (HandMade.SaysAbsent(name) || !IsHostile(HandMade.Reach(name)))
        {
            CheckListing(HandMade, name);
        }
        else
        {
            HandMade.Reach(Path.ChangeExtension(name, "json"));
            using var source = new FileSource(HandMade.Reach(name));
            Assert.Throws<CheckpointException>(() => PyTorchFile.Read(source));
        }
    }

    [Theory]
    [MemberData(nameof(UnsupportedFiles))]
    public void Read_of_unsupported_files_refuses_by_name(string name)
    {
        if (Unsupported.SaysAbsent(name))
        {
            return;
        }

        string must = Topic.ReadJson("reference-says.json").GetProperty("unsupported").GetProperty(Path.GetFileNameWithoutExtension(name)).GetProperty("mustName").GetString()!;
        using var source = new FileSource(Unsupported.Reach(name));
        Exception? refusal = Record.Exception(() => PyTorchFile.Read(source));
        if (refusal is null)
        {
            Assert.Contains("or read it", must, StringComparison.Ordinal);
            CheckListing(Unsupported, name);
            return;
        }

        string message = Assert.IsType<CheckpointException>(refusal).Message;
        output.WriteLine($"{must}\n{message}");
        Assert.Contains(Words(must), word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void Read_of_hostile_files_does_as_is_right(string name)
    {
        if (Hostile.SaysAbsent(name))
        {
            return;
        }

        string expect = Hostile.PeekJson("reference-says.json").GetProperty("files").GetProperty(name).GetProperty("expect").GetString()!;
        using var source = new FileSource(Hostile.Reach(name));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? refusal = Record.Exception(() => ReadAll(source));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L << 20);
        output.WriteLine(refusal?.Message ?? "accepted");
        Assert.True(refusal is null or CheckpointException, refusal?.ToString());
        Assert.True(expect == "either" || (refusal is null) == (expect == "accept"), $"{expect} is right: {refusal?.Message ?? "it was accepted"}");
    }

    [Theory]
    [MemberData(nameof(MutationBases))]
    public void Read_of_mutations_refuses_or_gives_the_same(string name)
    {
        if (Hostile.SaysAbsent(name))
        {
            return;
        }

        byte[] sound = Hostile.ReadBytes(name);
        string same = Print(new ArraySource(sound));
        foreach (JsonElement mutation in Hostile.ReadJson("reference-says.json").GetProperty("mutations").GetProperty(name).EnumerateArray())
        {
            bool cut = mutation.GetProperty("kind").GetString() == "truncate";
            byte[] mutated = cut ? sound[..mutation.GetProperty("length").GetInt32()] : [.. sound];
            if (!cut)
            {
                mutated[mutation.GetProperty("offset").GetInt32()] ^= (byte)mutation.GetProperty("value").GetInt32();
            }

            string? result = null;
            Exception? refusal = Record.Exception(() => result = Print(new ArraySource(mutated)));
            Assert.True(refusal is null or CheckpointException, $"{mutation}: {refusal}");
            Assert.True(refusal is not null || !cut, $"{mutation} was accepted.");

            // Old pickles carry no checksum: a bit of a number or of a name may change unseen there, as in PyTorch itself.
            Assert.True(refusal is not null || result == same || name.Contains("legacy", StringComparison.Ordinal), $"{mutation} was read as something else.");
        }
    }

    private static void CheckListing(GoldenTopic topic, string name)
    {
        if (!topic.SaysAbsent(name))
        {
            using var source = new FileSource(topic.Reach(name));
            Findings.None(TorchListing.Differences(PyTorchFile.Read(source), topic.ReadJson(Path.ChangeExtension(name, "json"))));
        }
    }

    private static bool IsHostile(string path) => !Hostile.IsAbsent && Hostile.PeekJson("reference-says.json").GetProperty("files").EnumerateObject()
        .Any(f => f.Value.GetProperty("expect").GetString() == "refuse" && Hostile.Has(f.Name) && Hash.OfFile(Path.Combine(Hostile.Folder!, f.Name)) == Hash.OfFile(path));

    private static IEnumerable<string> Listed(GoldenTopic topic) =>
        topic.Files("*").Where(f => !f.EndsWith(".json", StringComparison.Ordinal) && topic.Has(Path.ChangeExtension(f, "json")));

    private static string Print(ByteSource source)
    {
        PyTorchFile file = PyTorchFile.Read(source);
        return string.Join('\n', file.Tensors.Select(t => $"{t.Name} {t.DType} {t.Shape} {Hash.Of(Formats.PlanBytes.Of(t)[0])}").Concat(file.Values.Select(v => $"{v.Path} {v.Type} {v.Value}")));
    }

    private static void ReadAll(ByteSource source)
    {
        foreach (Tensor tensor in PyTorchFile.Read(source).Tensors)
        {
            _ = Formats.PlanBytes.Of(tensor);
        }
    }

    // "frozenset (builtins)", "torch.relu / torch._VariableFunctionsClass", "a cycle": any word that names something will do.
    private static string[] Words(string must) =>
        [.. must.Split([' ', '/', '(', ')', ',']).Where(w => w.Length > 2 && !Fillers.Contains(w, StringComparer.OrdinalIgnoreCase)), .. must.Split('.').TakeLast(1)];
}
