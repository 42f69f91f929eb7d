namespace CheckpointBuild.Diagnostics;

/// <content>5xxx: running models.</content>
internal static partial class Errors
{
    internal static CheckpointException TokenOutOfRange(long position, int id, int vocabulary) => new("CKPT5001",
        $"token {N(position)}: the id is {id}, ids of this model go from 0 to {N(vocabulary - 1)}. Tokenize with the model's own tokenizer.");

    internal static CheckpointException ContextFull(long position, long tokens, int context) => new("CKPT5002",
        $"{N(tokens)} tokens at position {N(position)}: the model's context has {N(context)} positions. Shorten the prompt, generate fewer tokens, or begin a new sequence.");

    internal static CheckpointException WeightNotFinite(string tensor, float value, long row, long column) => new("CKPT5003",
        $"tensor {Quote(tensor)}: the weight at row {N(row)}, column {N(column)} is {(float.IsNaN(value) ? "NaN" : "infinite")}. The checkpoint is damaged or training diverged; use a sound one.");

    internal static CheckpointException LogitsNotFinite(int id) => new("CKPT5004",
        $"the model gave no finite logit for token {N(id)}. Numbers overflowed on the way: the weights are damaged, or belong to another configuration.");

    internal static CheckpointException NotEnoughMemory(string what, long bytes, System.Exception inner) => new("CKPT5006",
        $"{what}: {N(bytes)} bytes of memory are needed and cannot be had. Free memory, shorten the context, or take a smaller dtype.", null, inner);

    internal static CheckpointException TooFewTokens(long found, long needed) => new("CKPT5007",
        $"the text has {N(found)} tokens, one window needs {N(needed)}. Take a longer text or a shorter window.");

    internal static CheckpointException CannotComputeWith(string tensor, string dtype) => new("CKPT5008",
        $"tensor {Quote(tensor)}: {dtype} is plain storage, the runtime cannot compute with it. Convert the checkpoint to a float or quantized dtype first.");

    internal static CheckpointException UnknownProtocol(string found, System.Collections.Generic.IEnumerable<string> known) => new("CKPT5009",
        $"the perplexity protocol '{found}' is not known (known: {string.Join(", ", known)}). Use one of these.");

    internal static CheckpointException PromptEmpty() => new("CKPT5010",
        "the prompt has no token, and the model states none to begin with. Give a prompt.");

    internal static CheckpointException ContextTooLong(int found, int most) => new("CKPT5011",
        $"a context of {N(found)} positions is asked for, the model has {N(most)}. Ask for at most that many.");

    internal static CheckpointException WindowTooLong(int window, int context, int least) => new("CKPT5012",
        $"a window of {N(window)} tokens is asked for, this runs with a context of {N(context)} positions and needs at least {N(least)} tokens a window. Take a window that fits.");

    internal static CheckpointException PerplexityNotFinite(string model) => new("CKPT5014",
        $"{model}: its perplexity on this text is larger than any number (the right tokens have less than a chance of 1e-308 each on average). It predicts nothing here, and nothing can be measured by it; check its weights and its tokenizer.");

    internal static CheckpointException SamplingOptionWrong(string option, double found, string needed) => new("CKPT5013",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"sampling: {option} is {found}, needed is {needed}. Give a value in that range."));

    internal static CheckpointException VocabulariesDiffer(int left, int right) => new("CKPT5070",
        $"the models have {N(left)} and {N(right)} tokens (the same number is needed). Compare a model with what was made of it.");
}
