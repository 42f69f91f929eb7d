using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The conditions under which torchtune's checkpointers refuse, and the states that they carry on.</summary>
public sealed class CheckpointerTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Checkpointer_of_one_file_refuses_another_number(int count) =>
        Refused("CKPT2156", () => Open(Tune(TorchtuneLayout.Classic) with { CheckpointFiles = [.. Enumerable.Range(0, count).Select(i => $"{i}.pt")] }));

    [Fact]
    public void Checkpointer_refuses_another_ending() => Refused("CKPT2157", () => Open(Tune(TorchtuneLayout.Classic) with { CheckpointFiles = ["model.bin"] }));

    [Fact]
    public void Checkpointer_refuses_a_folder_that_is_not_there() => Refused("CKPT1001", () => Open(Tune(TorchtuneLayout.Classic) with { CheckpointDirectory = _scratch.PathOf("nowhere") }));

    [Fact]
    public void Checkpointer_refuses_an_output_within_its_source() =>
        Refused("CKPT4151", () => Open(Tune(TorchtuneLayout.Current) with { OutputDirectory = _scratch.PathOf("in/../in/out") }));

    [Fact]
    public void Checkpointer_refuses_an_output_that_a_link_leads_into_its_source()
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Current);
        Directory.CreateSymbolicLink(_scratch.PathOf("link"), _scratch.PathOf("in"));
        Refused("CKPT4151", () => Open(options with { OutputDirectory = _scratch.PathOf("link/out") }));
    }

    [Fact]
    public void Load_refuses_a_file_that_is_not_there() => Refused("CKPT1001", () => Open(Tune(TorchtuneLayout.Classic) with { CheckpointFiles = ["other.pt"] }).Load());

    [Fact]
    public void Load_refuses_a_value_that_is_no_tensor()
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Classic);
        Write("in/model.pt", Model().Set("epoch", 3));
        Refused("CKPT2155", () => Open(options).Load());
    }

    [Fact]
    public void Load_leaves_what_was_loaded_before_readable()
    {
        using Checkpointer checkpointer = Open(Tune(TorchtuneLayout.Classic));
        Assert.True(checkpointer.Load().TryGet("model", out PickleDictionary? first));
        Assert.True(first.TryGet("norm.scale", out Tensor? before));
        byte[] expected = TensorValues.Bytes(before);

        checkpointer.Load();

        Assert.Equal(expected, TensorValues.Bytes(before));
    }

    [Fact]
    public void Load_refuses_to_resume_without_a_recipe() => Refused("CKPT2158", () => Open(Tune(TorchtuneLayout.Classic) with { ResumeFromCheckpoint = true }).Load());

    [Fact]
    public void Load_refuses_a_recipe_that_holds_a_model()
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Classic) with { ResumeFromCheckpoint = true, RecipeCheckpoint = "recipe.pt" };
        Write("in/recipe.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", "evil"));
        Refused("CKPT2159", () => Open(options).Load());
    }

    [Theory]
    [InlineData("one", 3L)]
    [InlineData(-1L, 3L)]
    [InlineData(9L, 3L)]
    [InlineData(true, 3L)]
    [InlineData(1L, "three")]
    public void Load_refuses_a_recipe_of_epochs_that_cannot_be(object run, object total)
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Classic) with { ResumeFromCheckpoint = true, RecipeCheckpoint = "recipe.pt" };
        Write("in/recipe.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("epochs_run", run).Set("total_epochs", total));
        Refused("CKPT2159", () => Open(options).Load());
    }

    [Fact]
    public void Load_hands_on_a_recipe_of_a_loop_s_own_keys()
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Classic) with { ResumeFromCheckpoint = true, RecipeCheckpoint = "recipe.pt" };
        Write("in/recipe.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("epochs_run", 3L).Set("total_epochs", 3L).Set("mine", "x"));
        using Checkpointer checkpointer = Open(options);
        Assert.Equal(["model", "epochs_run", "total_epochs", "mine"], checkpointer.Load().Select(p => p.Key));
    }

    [Fact]
    public void Save_refuses_a_state_that_contains_itself()
    {
        PickleDictionary self = new(PickleDictionaryKind.Dictionary);
        self.Set("self", self);
        Refused("CKPT4150", () => Open(Tune(TorchtuneLayout.Classic)).Save(new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model()).Set("q", self), 0, SaveKind.Intermediate));
    }

    [Theory]
    [InlineData(TorchtuneLayout.Current)]
    [InlineData(TorchtuneLayout.Classic)]
    public async Task Convert_carries_a_recipe_s_state_that_it_has_read_and_no_other(TorchtuneLayout layout)
    {
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(_scratch.PathOf("tiny")), "--to", "torchtune", "--output", _scratch.PathOf("trained"));
        Write("trained/recipe_state/recipe_state.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("epochs_run", 1L));
        string recipe = _scratch.PathOf("trained/recipe_state/recipe_state.pt");
        byte[] sound = await File.ReadAllBytesAsync(recipe, TestContext.Current.CancellationToken);
        string[] command = ["convert", _scratch.PathOf("trained"), "--to", "torchtune", "--torchtune-layout", layout.ToString().ToLowerInvariant(), "--output", _scratch.PathOf("again")];
        await Ckpt.DoneAsync(command);
        Assert.Equal(sound, await File.ReadAllBytesAsync(_scratch.PathOf(layout == TorchtuneLayout.Classic ? "again/recipe_state.pt" : "again/recipe_state/recipe_state.pt"), TestContext.Current.CancellationToken));

        await File.WriteAllBytesAsync(recipe, sound[..^30], TestContext.Current.CancellationToken);
        Assert.Contains("CKPT1250", (await Ckpt.RunAsync(command)).Error, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(recipe, PlanBytes.Of(PyTorchZipWriter.Plan("recipe_state.pt", new PickleSequence(PickleSequenceKind.List), PyTorchRecords.Full)), TestContext.Current.CancellationToken);
        Assert.Contains("CKPT2159", (await Ckpt.RunAsync(command)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_of_the_adapter_alone_refuses_a_state_without_one() =>
        Refused("CKPT4152", () => Open(Tune(TorchtuneLayout.Classic)).Save(new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model()), 0, SaveKind.AdapterOnly));

    [Fact]
    public void Save_refuses_an_adapter_that_is_no_dictionary() =>
        Refused("CKPT2155", () => Open(Tune(TorchtuneLayout.Classic)).Save(new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model()).Set("adapter", new PickleSequence(PickleSequenceKind.List)), 0, SaveKind.Final));

    [Fact]
    public void Save_in_the_middle_of_training_an_adapter_alone_keeps_what_training_needs()
    {
        CheckpointerOptions options = Tune(TorchtuneLayout.Current);
        Directory.CreateSymbolicLink(_scratch.PathOf("in/loop"), _scratch.PathOf("in"));
        PickleDictionary state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model()).Set("adapter", Model()).Set("epochs_run", 2L);

        Open(options).Save(state, 0, SaveKind.IntermediateAdapterOnly);

        string[] files = [.. Directory.EnumerateFiles(options.OutputDirectory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(options.OutputDirectory, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Contains("epoch_0/adapter_model.pt", files);
        Assert.Contains("recipe_state/recipe_state.pt", files);
        Assert.DoesNotContain(files, f => f.Contains("loop", StringComparison.Ordinal) || f.Contains("epoch_0/torchtune_model", StringComparison.Ordinal));
    }

    [Fact]
    public void Save_refuses_a_tensor_of_no_file()
    {
        using var scratch = new Scratch();
        Write("in/consolidated.00.pth", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("norm.weight", FormatSamples.Random("norm.weight", DType.F32, new Shape(4))));
        using Checkpointer checkpointer = Open(Tune(TorchtuneLayout.Classic) with { Kind = CheckpointerKind.Meta, CheckpointFiles = ["consolidated.00.pth"] });
        PickleDictionary state = checkpointer.Load();
        Assert.True(state.TryGet("model", out PickleDictionary? model));
        model.Set("layers.0.attn.lora_a.weight", FormatSamples.Random("x", DType.F32, new Shape(4)));
        Refused("CKPT4153", () => checkpointer.Save(state, 0, SaveKind.Final));
    }

    [Fact]
    public void Load_refuses_a_model_type_of_another_architecture()
    {
        new TinyLlama().Write(_scratch.PathOf("hf"));
        Refused("CKPT2160", () => Open(Tune(TorchtuneLayout.Current) with { Kind = CheckpointerKind.HuggingFace, CheckpointDirectory = _scratch.PathOf("hf"), CheckpointFiles = ["model.safetensors"], ModelType = "QWEN2" }).Load());
    }

    [Fact]
    public void Save_gives_a_head_that_was_stored_beside_a_tied_embedding_back()
    {
        new TinyLlama { Tied = true }.Write(_scratch.PathOf("hf"));
        using var source = new FileSource(_scratch.PathOf("hf/model.safetensors"));
        TensorTable tensors = Format.Safetensors.Read(source).Tensors;
        var both = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (Tensor tensor in tensors)
        {
            both.Set(tensor.Name, tensor);
        }

        Write("hf/both.bin", both.Set("lm_head.weight", tensors.First(t => t.Name == "model.embed_tokens.weight")));
        CheckpointerOptions options = Tune(TorchtuneLayout.Current) with { Kind = CheckpointerKind.HuggingFace, CheckpointDirectory = _scratch.PathOf("hf"), CheckpointFiles = ["both.bin"], SafeSerialization = false };
        using Checkpointer checkpointer = Open(options);
        PickleDictionary state = checkpointer.Load();
        Assert.True(state.TryGet("model", out PickleDictionary? model));
        Assert.False(model.TryGet("output.weight", out _));

        // Trained on: both names have the new values.
        Tensor trained = FormatSamples.Random("trained", DType.BF16, tensors.First(t => t.Name == "model.embed_tokens.weight").Shape);
        model.Set("tok_embeddings.weight", trained);
        checkpointer.Save(state, 0, SaveKind.Final);
        using var written = new FileSource(_scratch.PathOf("out/epoch_0/model-00001-of-00001.bin"));
        TensorTable saved = Format.PyTorch.Read(written).Tensors;
        Assert.All(["lm_head.weight", "model.embed_tokens.weight"], name => Assert.Equal(PlanBytes.Of(trained)[0], PlanBytes.Of(saved.First(t => t.Name == name))[0]));
    }

    [Theory]
    [InlineData(2, ClassifierHeadRule.WhereRowsDiffer, true)]
    [InlineData(3, ClassifierHeadRule.WhereRowsDiffer, false)]
    [InlineData(3, ClassifierHeadRule.Always, true)]
    public void Fit_takes_a_classifier_s_head_where_it_is_another(int classes, ClassifierHeadRule rule, bool isTaken)
    {
        PickleDictionary model = TorchtuneStage.Dictionary(("output.weight", 2), ("output.bias", 1), ("norm.scale", 1));
        Tensor head = FormatSamples.Random("head", DType.F32, new Shape(classes, 4));
        Assert.Equal(isTaken, ClassifierHead.Fit(model, new PickleDictionary(PickleDictionaryKind.Dictionary).Set("output.weight", head), rule));
        Assert.Equal(["output.weight", "norm.scale"], model.Select(p => p.Key));
        Assert.True(model.TryGet("output.weight", out Tensor? now));
        Assert.Equal(isTaken, ReferenceEquals(head, now));
    }

    [Theory]
    [InlineData("model.pt", "0012")]
    [InlineData("model_{}.pt", "0012")]
    [InlineData("model_{}_of_{}_{}.pt", "0012")]
    [InlineData("model_{}_of_{}.pt", "twelve")]
    public void FilesOf_refuses_a_form_that_spells_nothing(string format, string max) => Refused("CKPT9150", () => CheckpointerOptions.FilesOf(format, max));

    [Fact]
    public void FilesOf_fills_numbers_up_as_the_last_is_spelled() =>
        Assert.Equal(["model_01_of_03.pt", "model_02_of_03.pt", "model_03_of_03.pt"], CheckpointerOptions.FilesOf("model_{}_of_{}.pt", "03"));

    [Theory]
    [InlineData(TorchtuneLayout.Classic)]
    [InlineData(TorchtuneLayout.Current)]
    public void Save_and_resume_give_model_adapter_and_the_state_of_training_back(TorchtuneLayout layout)
    {
        CheckpointerOptions options = Tune(layout);
        PickleDictionary optimizer = new PickleDictionary(PickleDictionaryKind.Dictionary).Set(0, new PickleDictionary(PickleDictionaryKind.Dictionary).Set("step", FormatSamples.Random("step", DType.F32, default)));
        PickleDictionary adapter = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("q.lora_a.weight", FormatSamples.Random("a", DType.F32, new Shape(2, 3)));
        PickleDictionary state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model()).Set("adapter", adapter).Set("optimizer", optimizer).Set("seed", 7).Set("epochs_run", 1);
        using (Checkpointer first = Open(options))
        {
            first.Save(state, 4, SaveKind.Intermediate);
        }

        string output = options.OutputDirectory;
        CheckpointerOptions resumed = layout == TorchtuneLayout.Classic
            ? options with { CheckpointDirectory = output, CheckpointFiles = ["torchtune_model_4.pt"], AdapterCheckpoint = "adapter_4.pt", RecipeCheckpoint = "recipe_state.pt", ResumeFromCheckpoint = true }
            : options with { ResumeFromCheckpoint = true };
        using Checkpointer second = Open(resumed);
        PickleDictionary loaded = second.Load();
        Assert.Equal(["model", "adapter", "optimizer", "seed", "epochs_run"], loaded.Select(p => p.Key));
        Assert.True(loaded.TryGet("seed", out long? seed) && seed == 7);
        Assert.True(loaded.TryGet("adapter", out PickleDictionary? again));
        Assert.Equal(PlanBytes.Of((Tensor)adapter.First().Value!)[0], PlanBytes.Of((Tensor)again.First().Value!)[0]);
        Assert.Equal(5, state.Count);
    }

    [Fact]
    public void Detect_takes_a_folder_s_own_weights_before_those_of_epochs_below_it()
    {
        string folder = new TinyLlama().Write(_scratch.PathOf("own"));
        Directory.CreateDirectory(Path.Combine(folder, "epoch_3"));
        File.Copy(Path.Combine(folder, "config.json"), Path.Combine(folder, "epoch_3", "config.json"));
        Write("own/epoch_3/model-00001-of-00001.bin", Model());
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        Assert.Equal("huggingface", Dialect.Detect(directory).Name);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        using CheckpointDirectory without = CheckpointDirectory.Open(folder);
        Assert.Equal("torchtune", Dialect.Detect(without).Name);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static PickleDictionary Model() => new PickleDictionary(PickleDictionaryKind.Dictionary)
        .Set("tok_embeddings.weight", FormatSamples.Random("e", DType.BF16, new Shape(5, 4)))
        .Set("norm.scale", FormatSamples.Random("n", DType.BF16, new Shape(4)));

    private CheckpointerOptions Tune(TorchtuneLayout layout)
    {
        Write("in/model.pt", Model());
        return new CheckpointerOptions { Kind = CheckpointerKind.Torchtune, CheckpointDirectory = _scratch.PathOf("in"), CheckpointFiles = ["model.pt"], OutputDirectory = _scratch.PathOf("out"), Layout = layout };
    }

    private void Write(string path, PickleDictionary root)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch.PathOf(path))!);
        File.WriteAllBytes(_scratch.PathOf(path), PlanBytes.Of(PyTorchZipWriter.Plan(Path.GetFileName(path), root, PyTorchRecords.Full)));
    }

    private static Checkpointer Open(CheckpointerOptions options) => new(options);

    private static void Refused(string code, Action action) => Assert.Equal(code, Assert.Throws<CheckpointException>(action).Code);
}
