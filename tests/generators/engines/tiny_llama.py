"""A random Llama of 60 thousand weights with a real tokenizer and ChatML template, made in a second."""

from pathlib import Path

_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_CORPUS = [
    "Tom has 3 bags of 12 apples. How many apples are there?\n\n3 * 12 = 36. The answer is 36.",
    "Step 1: 12 + 30 = 42.\nStep 2: 42 - 7 = 35.\nSo the answer is \\boxed{35}.",
    "No, wait: café costs 4 €, so 4 * 3 = 12 €, naïve 漢字 😀",
]
CONTEXT = 128


def make_tiny_llama(folder: Path, hidden: int = 32, layers: int = 2, vocabulary: int = 400) -> Path:
    """Write config, weights, tokenizer and template to a folder; the same bytes every time.

    Its generation defaults are hostile on purpose: an engine that lets them act fails the tests.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.train_from_iterator(
        _CORPUS,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        initializer_range=0.3,
        eos_token_id=2,
        tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(
        eos_token_id=[0, 2], do_sample=True, top_k=1, temperature=0.01, repetition_penalty=5.0
    )
    model.save_pretrained(folder)
    return folder
