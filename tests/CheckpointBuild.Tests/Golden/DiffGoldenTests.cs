using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden;

/// <summary><c>ckpt diff</c> of Meta's folders and the Hugging Face forms that the reference made of them: equal, unless the reference rounded.</summary>
public sealed class DiffGoldenTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("meta");

    public static TheoryData<string> Cases => Topic.CasesOfKind("both forms of one model", topic => topic.Files("params.json", SearchOption.AllDirectories)
        .Select(file => Path.GetDirectoryName(file)!.Replace('\\', '/'))
        .Where(folder => topic.Files("*.safetensors", SearchOption.AllDirectories).Any(file => file.StartsWith($"{Path.GetDirectoryName(folder)}/hf/", StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Meta_folder_equals_its_hugging_face_form(string folder)
    {
        if (Topic.SaysAbsent(folder))
        {
            return;
        }

        string meta = Topic.Reach(folder), form = Topic.Reach(Path.GetDirectoryName(folder) + "/hf");
        HashSet<string> types = [.. Directory.GetFiles(meta, "*.pth").SelectMany(TypesIn)];
        HashSet<string> typesOfForm = [.. Directory.GetFiles(form, "*.safetensors").SelectMany(SafetensorsReader.Read).Select(t => t.DType)];

        CkptResult result = await Ckpt.RunAsync("diff", meta, form);

        bool rounded = !typesOfForm.IsSubsetOf(types);
        Assert.Equal(rounded ? 1 : 0, result.ExitCode);
        Assert.Contains(rounded ? "max abs error" : "equal up to dialect (meta, huggingface)", result.Output);
    }

    private static string[] TypesIn(string file)
    {
        using var source = new FileSource(file);
        return [.. PyTorchFile.Read(source).Tensors.Select(t => t.DType.Name)];
    }
}
