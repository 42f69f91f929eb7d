using System;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;

namespace CheckpointBuild.Package.Tests.FakeWorker;

/// <summary>What a tool may do to the tasks: work, fail, talk, hang, die.</summary>
/// <param name="request">The request's root.</param>
/// <param name="output">Standard output.</param>
internal sealed class Scenes(JsonElement request, StreamWriter output)
{
    private const int FloodLines = 20_000;

    /// <summary>The store of a request.</summary>
    internal static string StoreOf(JsonElement request) =>
        request.GetProperty("store").GetString() is { Length: > 0 } store ? store : request.GetProperty("fallbackStore").GetString()!;

    /// <summary>Plays one scene and returns the exit code.</summary>
    internal int Play(string scene)
    {
        switch (scene)
        {
            case "talk":
                Say("msg", "high", "a high\tmessage\nof two lines");
                Say("msg", "low", "a low message");
                Say("progress", "0", "40", "writing");
                Say("diag", "warning", "CKPT3999", "", "0", "0", "https://example.org/CKPT3999", "something to know", "0");
                output.Write("chatter of a library\n");
                break;
            case "fail":
                Say("diag", "error", "CKPT1003", "/models/config.json", "12", "5", "https://example.org/CKPT1003", "config.json: broken (found {0}, needed more).", "0");
                return End("failed", 1);
            case "fail-second":
                Build(0);
                Say("diag", "error", "CKPT1003", "", "0", "0", "", "the second is broken", "1");
                return End("failed", 1);
            case "fail-silently":
                return End("failed", 1);
            case "crash":
                Console.Error.WriteLine("Unhandled exception. Out of luck.");
                return 134;
            case "nothing":
                return End("ok", 0);
            case "polite":
                Say("msg", "high", "waiting");
                return Console.In.ReadLine() == "cancel" ? End("cancelled", 130) : End("failed", 1);
            case "stubborn":
                Say("msg", "high", "waiting");
                Thread.Sleep(Timeout.Infinite);
                break;
            case "lifeline":
                Say("msg", "high", "waiting");
                Console.In.ReadToEnd();
                return 0;
            case "orphan":
                StartGrandchild();
                break;
            case "flood":
                for (int i = 0; i < FloodLines; i++)
                {
                    Console.Error.WriteLine($"line {i} of a library that likes to talk");
                }

                break;
            case "environment":
                foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
                {
                    Say("msg", "high", "variable " + variable.Key);
                }

                break;
            default:
                break;
        }

        for (int i = 0; i < request.GetProperty("items").GetArrayLength(); i++)
        {
            Build(i);
        }

        return End("ok", 0);
    }

    private void Build(int index)
    {
        JsonElement item = request.GetProperty("items")[index];
        string source = item.GetProperty("source").GetString()!;
        using MemoryStream content = new();
        content.Write(Encoding.UTF8.GetBytes(item.GetProperty("metadata").GetRawText()));
        foreach (string path in File.Exists(source) ? [source] : Directory.GetFiles(source))
        {
            content.Write(File.ReadAllBytes(path));
        }

        byte[] bytes = content.ToArray();
        string key = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string entry = Path.Combine(StoreOf(request), "v1", key);
        string engine = Path.Combine(entry, "engine.gguf");
        bool fromStore = File.Exists(engine) && !request.GetProperty("force").GetBoolean();
        if (!fromStore)
        {
            Directory.CreateDirectory(entry);
            File.WriteAllBytes(engine, bytes);
            File.WriteAllText(Path.Combine(entry, "build-report.json"), "{}");
        }

        FileInfo file = new(engine);
        string number = index.ToString(CultureInfo.InvariantCulture);
        Say("product", number, key, fromStore ? "true" : "false", entry, Number(file.Length), "0.5");
        Say("file", number, item.GetProperty("engineName").GetString() + ".gguf", engine, Number(file.Length), Number(file.LastWriteTimeUtc.Ticks), key);
    }

    private static void StartGrandchild()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(Scenes).Assembly.Location);
        start.ArgumentList.Add("sleep");
        using Process? child = Process.Start(start);
        Console.Error.WriteLine("grandchild " + child!.Id);
    }

    private int End(string result, int exitCode)
    {
        Say("result", result);
        return exitCode;
    }

    private void Say(string kind, params string[] fields)
    {
        StringBuilder line = new("@ckpt\t" + kind);
        foreach (string field in fields)
        {
            line.Append('\t').Append(field.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        }

        output.Write(line.Append('\n').ToString());
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
