using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Stages;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Reports.Expectations;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>Adapters merged into their bases, against what PEFT's <c>merge_and_unload</c> makes of them.</summary>
public sealed class AdapterMergeTests(ITestOutputHelper output)
{
    // What the README of the topic allows where sums are not exact: the order of additions is the BLAS library's own.
    private const double MostRelative = 1e-6;
    private const double MostElements = 1e-3;
    private const double MostLogit = 1e-4;

    // Of a model with the same bytes the logits only measure the two forward passes.
    private const double MostLogitOfSameBytes = 1e-3;

    public static TheoryData<string> Cases => AdapterCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merged_tensors_are_the_reference_s_in_every_variant(string name)
    {
        if (AdapterCase.Open(name) is not { } one)
        {
            return;
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(one.Base);
        using AdapterSource adapter = AdapterSource.Open(one.Adapter);
        Checkpoint source = Dialect.Detect(directory).Read(directory);
        foreach (AdapterVariant variant in one.Variants)
        {
            Checkpoint merged = MergeAdapter.Apply(source, adapter.Adapter, variant.Options);
            Dictionary<string, Tensor> tensors = Named(merged, variant.BaseDType);
            IReadOnlyDictionary<string, SafetensorsTensor> full = one.InFull(variant.Name);
            Findings.None(variant.Tensors.Select(t => Fault(one, t, tensors.GetValueOrDefault(t.Name), full.GetValueOrDefault(t.Name)) is { } fault ? $"{variant.Name}: {t.Name} {fault}" : null));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_of_the_merged_model_are_the_reference_s(string name)
    {
        if (AdapterCase.Open(name) is not { } one)
        {
            return;
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(one.Base);
        using AdapterSource adapter = AdapterSource.Open(one.Adapter);
        Checkpoint source = Dialect.Detect(directory).Read(directory);
        foreach (AdapterVariant variant in one.Variants.Where(v => one.Logits(v.Name) is not null))
        {
            Checkpoint merged = MergeAdapter.Apply(source, adapter.Adapter, variant.Options);
            using Decoder decoder = Decoder.Load(merged with { Tensors = merged.Tensors.Select((_, t) => Converted.Of(t, variant.BaseDType)) }, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);
            float[] logits = new float[one.Ids.Length * merged.Config.VocabularySize];
            decoder.ForwardAll(one.Ids, logits);
            output.WriteLine(variant.Name);
            Findings.None(FloatDistance.Faults(logits, one.Logits(variant.Name)!, one.IsExact ? MostLogitOfSameBytes : MostLogit));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Convert_with_an_adapter_writes_the_merged_model(string name)
    {
        if (AdapterCase.Open(name) is not { } one)
        {
            return;
        }

        foreach (AdapterVariant variant in one.Variants.Where(v => v.IsOfCommandLine))
        {
            using var scratch = new Scratch();
            await Ckpt.DoneAsync("convert", one.Base, "--to", "huggingface", "--dtype", variant.BaseDType.LongName, "--adapter", one.Adapter, "--output", scratch.Folder);
            Dictionary<string, SafetensorsTensor> written = SafetensorsReader.Read(scratch.PathOf("model.safetensors")).ToDictionary(t => t.Name);
            IReadOnlyDictionary<string, SafetensorsTensor> full = one.InFull(variant.Name);
            Findings.None(variant.Tensors.Where(t => written.ContainsKey(t.Name) && !full.ContainsKey(t.Name) && one.IsExact)
                .Select(t => Hash.Of(written[t.Name].Data) == t.Sha256 ? null : $"{variant.Name}: {t.Name} has other bytes"));

            // What lies beside the weights, where the reference's whole folder is there.
            string saved = $"{name}-merged-{variant.Name}/";
            Findings.None(new[] { "config.json", "generation_config.json" }.Where(f => AdapterCase.Topic.Has(saved + f) && !JsonNode.DeepEquals(JsonNode.Parse(AdapterCase.Topic.ReadBytes(saved + f)), JsonNode.Parse(File.ReadAllBytes(scratch.PathOf(f))))).Select(f => saved + f));
        }
    }

    private static string? Fault(AdapterCase one, (string Name, string Sha256) expected, Tensor? tensor, SafetensorsTensor? full)
    {
        if (tensor is null)
        {
            return "is missing";
        }

        byte[] bytes = TensorValues.Bytes(tensor);
        return Hash.Of(bytes) == expected.Sha256 ? null
            : one.IsExact ? "has other bytes"
            : full is null ? null
            : Distance(new SafetensorsTensor(full.Name, full.DType, full.Shape, bytes), full);
    }

    // Float32: within a share of the tensor's largest value. 16 bits: neighbours, and few of them.
    private static string? Distance(SafetensorsTensor actual, SafetensorsTensor expected)
    {
        (float[] a, float[] e) = (actual.Decode(), expected.Decode());
        if (expected.DType == "F32")
        {
            return FloatDistance.Faults(a, e, MostRelative * e.Max(MathF.Abs)).FirstOrDefault();
        }

        int different = a.Zip(e).Count(p => p.First != p.Second);
        int far = a.Zip(e).Count(p => Math.Abs(p.First - p.Second) > Math.Abs(p.Second) / 128 + float.Epsilon);
        return far > 0 ? $"{far} numbers are no neighbours" : different > Math.Max(1, MostElements * a.Length) ? $"{different} of {a.Length} numbers differ" : null;
    }

    // As PEFT's model in memory names them: of a tied pair both names.
    private static Dictionary<string, Tensor> Named(Checkpoint merged, DType dtype)
    {
        ModelConfig both = merged.Config with { TiedEmbeddings = false };
        return merged.Family.Naming.TensorsOf(both).ToDictionary(
            t => t.Name,
            t => Converted.Of(t.Join(role => merged.Tensors.Find(role) ?? merged.Tensors[new TensorRole(RoleKind.TokenEmbedding)]), dtype));
    }
}
