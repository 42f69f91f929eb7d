using System;
using System.Collections.Generic;

namespace CheckpointBuild.Diagnostics;

/// <content>21xx: tokenizers and chat templates.</content>
internal static partial class Errors
{
    internal static CheckpointException TokenizerFileDamaged(string file, string problem, Exception? inner = null) => new("CKPT2100",
        $"{file}: cannot be read ({problem}). The file is damaged; get it again.", file, inner);

    internal static CheckpointException TokenizerFieldWrong(string file, string field, string found, string needed) => new("CKPT2101",
        $"{file}: '{field}' is {found}, needed is {needed}. Take the tokenizer files that belong to this model.", file);

    internal static CheckpointException TokenizerConstructUnknown(string file, string part, string name) => new("CKPT2102",
        $"{file}: the {part} '{name}' is not known. Ids would be wrong without it; save the tokenizer with known parts, or use an engine that carries the file as it is.", file);

    internal static CheckpointException PatternConstructUnknown(string pattern, string construct, int position) => new("CKPT2103",
        $"split pattern {Quote(pattern)}: {construct} at character {N(position)} is not supported. Write the pattern without it.");

    internal static CheckpointException TokenIdOutOfRange(string file, string token, long id, long most) => new("CKPT2104",
        $"{file}: token {Quote(token)} has the id {N(id)} (0 to {N(most)} are possible). The file is damaged; get it again.", file);

    internal static CheckpointException TokenTwice(string file, string token, int id, string what) => new("CKPT2105",
        $"{file}: token {Quote(token)} (id {N(id)}) {what}. The file is damaged or was merged wrongly; write it again.", file);

    internal static CheckpointException MergeUnknown(string file, long index, string left, string right) => new("CKPT2106",
        $"{file}: merge {N(index)} joins {Quote(left)} and {Quote(right)}, and one of them or their union is no token. Vocabulary and merges come from different tokenizers; take both from one.", file);

    internal static CheckpointException NoTokenizer(string folder, IEnumerable<string> names) => new("CKPT2107",
        $"{folder}: there is no tokenizer here (looked for {string.Join(", ", names)}). Put the model's tokenizer files beside it.", folder);

    internal static CheckpointException PatternTooCostly(string pattern, int length) => new("CKPT2108",
        $"split pattern {Quote(pattern)}: takes too many steps on a text of {N(length)} characters. Write it without nested repetition.");

    internal static CheckpointException TokenizerKindUnknown(string what, IEnumerable<string> known) => new("CKPT2109",
        $"tokenizer: {what} fits no kind that is known ({string.Join(", ", known)}). Use a tokenizer of one of these kinds.");

    internal static CheckpointException PreTokenizerUnnamed(string pattern, IEnumerable<string> known) => new("CKPT2111",
        $"tokenizer: no pre-tokenizer of llama.cpp splits text as this one does ({Quote(pattern)}). Name one that is close enough for this model by the PreTokenizer setting (known: {string.Join(", ", known)}), or build another engine.");

    internal static CheckpointException PreTokenizerUnknown(string found, IEnumerable<string> known) => new("CKPT2112",
        $"tokenizer.ggml.pre: '{found}' is not known (known: {string.Join(", ", known)}). Use one of these.");

    internal static CheckpointException TokensBeyondEmbedding(int tokens, long rows, string token) => new("CKPT2113",
        $"tokenizer: has {N(tokens)} tokens, the embedding has {N(rows)} rows: no weight belongs to {Quote(token)}. Take the tokenizer that belongs to these weights, or resize the embedding first.");

    internal static CheckpointException GgufTokenizerWrong(string file, string key, string found, string needed) => new("CKPT2114",
        $"{file}: {Quote(key)} is {found}, needed is {needed}. Convert the model again.", file);

    internal static CheckpointException NoGgufTokenizer(string kind) => new("CKPT2115",
        $"tokenizer: llama.cpp has no tokenizer of this kind ({kind}: no bytes, no byte fallback). Build another engine, or put the tokenizer.model that belongs to it beside tokenizer.json.");

    internal static CheckpointException TemplateNotUnderstood(string template, int line, string problem) => new("CKPT2130",
        $"chat template {Quote(template)}, line {N(line)}: {problem}. The template is carried along as it is; to render with it here, write it without that.");

    internal static CheckpointException TemplateFailed(string template, int line, string problem) => new("CKPT2131",
        $"chat template {Quote(template)}, line {N(line)}: {problem}. The conversation does not have what this template needs; check its messages.");

    internal static CheckpointException TemplateTooCostly(string template, string what, long most) => new("CKPT2132",
        $"chat template {Quote(template)}: takes more than {N(most)} {what}. Shorten the conversation, or use another template.");

    internal static CheckpointException NoChatTemplate(string name, IEnumerable<string> known) => new("CKPT2133",
        $"tokenizer: there is no chat template {Quote(name)} ({(string.Join(", ", known) is { Length: > 0 } names ? $"there are: {names}" : "there is none")}). Use another model, or hand the template over.");

    internal static CheckpointException ConversationWrong(string problem) => new("CKPT2134",
        $"conversation: {problem}. It is a list of messages, each an object with role and content.");

    internal static CheckpointException TextGrows(long most) => new("CKPT2135",
        $"tokenizer: its rules make this text longer than {N(most)} characters. No sensible rule does so; take the tokenizer files that belong to the model.");

    internal static CheckpointException IdUnknown(string where, int id, int count) => new("CKPT2136",
        $"{where}: {N(id)} is no token of this tokenizer (0 to {N(count - 1)} are possible, and some of these may be unused). Take the tokenizer that made the ids.");

    internal static Diagnostic SpecialTokenOutside(string file, string key, uint id, int count) => new("CKPT2138",
        $"{file}: '{key}' is {N(id)}, and there are {N(count)} tokens. It is passed over here and by llama.cpp; mend the key with OverrideKv.", file);

    internal static CheckpointException TokensTooLong(int steps) => new("CKPT2137",
        $"tokenizer: its tokens take more than {N(steps)} steps a character to find. No real vocabulary has tokens so long and so alike; take the tokenizer files that belong to the model.");
}
